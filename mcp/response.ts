import type { RpcError } from './errors.ts'
import { escapeHidden } from './safe-text.ts'

/** A result that is written once, at start, and sent often. */
export class Prepared {
  readonly #json: Buffer

  constructor (result: object) {
    this.#json = Buffer.from(JSON.stringify(result))
  }

  /** The response with this id. A list of a thousand tools is copied once as bytes, but three times as text. */
  response (id: string | number): Buffer {
    return Buffer.concat([Buffer.from(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":`), this.#json, END])
  }
}

/** The result of a tool as JSON text. Its output, which may be large, is written as JSON only once. */
export class ToolResult {
  /** The output of the tool as JSON. OUTPUT_LIMIT bounds it. */
  readonly output: string
  readonly #json: string

  /**
   * @param envelope the other members of the result
   * @throws TypeError if JSON cannot express the output
   */
  constructor (envelope: Envelope, output: unknown, members: (json: string) => string) {
    this.output = jsonOf(output)
    this.#json = `${envelope.open}${members(this.output)}}`
  }

  /** The response with this id. */
  response (id: string | number): string {
    return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${this.#json}}`
  }
}

/**
 * The result of a tool with an output schema. Its output goes out twice, as structured content and as text
 * (server/tools, "Structured Content"). The structured content is data and stays as it is.
 */
export class StructuredResult extends ToolResult {
  constructor (envelope: Envelope, output: unknown) {
    super(envelope, output, json => `${textBlock(json)},"structuredContent":${json}`)
  }
}

/** The same for a revision without structured content of this kind: its output goes out as text only. */
export class JsonTextResult extends ToolResult {
  constructor (envelope: Envelope, output: unknown) {
    super(envelope, output, textBlock)
  }
}

/** The result of a tool that gives content blocks. */
export class ContentResult extends ToolResult {
  constructor (envelope: Envelope, blocks: readonly object[]) {
    super(envelope, blocks, json => `"content":${json}`)
  }
}

function textBlock (json: string): string {
  return `"content":[{"type":"text","text":${JSON.stringify(escapeHidden(json))}}]`
}

function jsonOf (output: unknown): string {
  const json = JSON.stringify(output) as string | undefined
  if (json === undefined) throw new TypeError(`a value of type ${typeof output} cannot be written as JSON`)
  return json
}

/** Members that every structured result of a revision has. */
export class Envelope {
  /** The beginning of a JSON object, to which further members can be added. */
  readonly open: string

  constructor (members: object) {
    const json = JSON.stringify(members)
    this.open = json === '{}' ? '{' : `${json.slice(0, -1)},`
  }
}

/** The `result` of a JSON-RPC response, as a method returns it. */
export type Result = object | Prepared | ToolResult

const END = Buffer.from('}')

/** A JSON-RPC response with a result. With the functions below, the only writer of responses in this folder. */
export function resultResponse (id: string | number, result: Result): string | Buffer {
  return result instanceof Prepared || result instanceof ToolResult ? result.response(id) : JSON.stringify({ jsonrpc: '2.0', id, result })
}

/** A JSON-RPC error response. For an `id` that could not be read, the revision decides between null and undefined. */
export function errorResponse (id: string | number | null | undefined, { code, message, data }: Pick<RpcError, 'code' | 'message' | 'data'>): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } })
}

/** The responses to a batch. */
export function batchResponse (responses: ReadonlyArray<string | Buffer | undefined>): string {
  return `[${responses.join(',')}]`
}
