import type { RpcError } from './errors.ts'

/** A result that is written once, at start, and sent often. */
export class Prepared {
  readonly #json: Buffer

  constructor (result: object) {
    this.#json = Buffer.from(JSON.stringify(result))
  }

  // A list of a thousand tools is copied once as bytes, but three times as text.
  in (id: string | number): Buffer {
    return Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`), this.#json, END])
  }
}

/**
 * The result of a tool with an output schema. Its output goes out twice, as structured content and as text
 * (server/tools, "Structured Content"), but it is written as JSON only once.
 */
export class StructuredResult {
  readonly #json: string

  /**
   * @param envelope the other members of the result
   * @throws TypeError if JSON cannot express the output
   */
  constructor (envelope: Envelope, output: unknown) {
    const json = JSON.stringify(output) as string | undefined
    if (json === undefined) throw new TypeError(`a value of type ${typeof output} cannot be written as JSON`)
    this.#json = `${envelope.open}"content":[{"type":"text","text":${JSON.stringify(json)}}],"structuredContent":${json}}`
  }

  in (id: string | number): string {
    return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${this.#json}}`
  }
}

/** Members that every structured result of a revision has. */
export class Envelope {
  /** An object that is not closed yet. */
  readonly open: string

  constructor (members: object) {
    const json = JSON.stringify(members)
    this.open = json === '{}' ? '{' : `${json.slice(0, -1)},`
  }
}

/** What a method gives: the `result` of a JSON-RPC response. */
export type Result = object | Prepared | StructuredResult

const END = Buffer.from('}')

/** A JSON-RPC response with a result. With the functions below, the only writer of responses in this folder. */
export function resultResponse (id: string | number, result: Result): string | Buffer {
  return result instanceof Prepared || result instanceof StructuredResult ? result.in(id) : JSON.stringify({ jsonrpc: '2.0', id, result })
}

/** A JSON-RPC error response. `id` is null if it could not be read (JSON-RPC 2.0 §5). */
export function errorResponse (id: string | number | null, { code, message, data }: Pick<RpcError, 'code' | 'message' | 'data'>): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } })
}

/** The responses to a batch. */
export function batchResponse (responses: ReadonlyArray<string | Buffer | undefined>): string {
  return `[${responses.join(',')}]`
}
