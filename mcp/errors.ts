/** JSON-RPC and MCP error codes (2026-07-28 basic/index, "Error Codes"). */
export const CODES = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  // The specification wants a server's own codes outside the range of JSON-RPC. This one is the HTTP status.
  rateLimited: 429,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022
} as const

/** An error that the client receives as a JSON-RPC error. */
export class RpcError extends Error {
  readonly code: number
  readonly data: unknown
  /** The HTTP status of the answer; 200 if the request itself was well-formed. */
  readonly status: number
  /** A hint for the operator, in the log. It is not sent. */
  readonly hint: string | undefined

  constructor (code: keyof typeof CODES, message: string, { data, status = 200, hint }: { data?: unknown, status?: number, hint?: string } = {}) {
    super(message)
    this.name = 'RpcError'
    this.code = CODES[code]
    this.data = data
    this.status = status
    this.hint = hint
  }

  /** Seconds after which trying again makes sense; only of a call that a limit refused. */
  get retryAfter (): number | undefined {
    return this.code === CODES.rateLimited ? (this.data as { retryAfter: number }).retryAfter : undefined
  }
}

/** A failure whose message the model reads, so that it can correct the call (server/tools, "Error Handling"). */
export class ToolError extends Error {
  override name = 'ToolError'
}

/** Marks the result of a call that was denied. It is not sent. */
export const DENIED = Symbol('denied')

/** A denied call. The message is for the caller. */
export class Denied extends ToolError {}

/** The client closed the connection before the call ended, so no answer is sent. */
export class Cancelled extends Error {
  override name = 'Cancelled'
}

/** Longest text of a caller that the message of an error repeats, in characters. */
export const MAX_ECHO = 128

/** The answer to a method that a revision does not have. */
export function methodNotFound (method: string, status: number): RpcError {
  return new RpcError('methodNotFound', `Method not found: ${method.slice(0, MAX_ECHO)}`, { status })
}
