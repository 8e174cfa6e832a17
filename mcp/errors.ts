/** JSON-RPC and MCP error codes (2026-07-28 basic/index, "Error Codes"). */
export const CODES = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022
} as const

/** An error that the peer is told of, as a JSON-RPC error. */
export class RpcError extends Error {
  readonly code: number
  readonly data: unknown
  /** The HTTP status that goes with it; 200 where the request itself was well-formed. */
  readonly status: number

  constructor (code: keyof typeof CODES, message: string, { data, status = 200 }: { data?: unknown, status?: number } = {}) {
    super(message)
    this.name = 'RpcError'
    this.code = CODES[code]
    this.data = data
    this.status = status
  }
}

/** A failure of a tool that the model is told of, so that it can do better (server/tools, "Error Handling"). */
export class ToolError extends Error {
  override name = 'ToolError'
}

/** The end of a call whose client went away: nobody is left to be answered. */
export class Cancelled extends Error {
  override name = 'Cancelled'
}

/** The text of a JSON-RPC error response. `id` is null where it could not be read (JSON-RPC 2.0 §5). */
export function errorResponse (id: string | number | null, { code, message, data }: Pick<RpcError, 'code' | 'message' | 'data'>): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } })
}
