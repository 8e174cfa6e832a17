import { Type, type Static } from '@sinclair/typebox'

/** A JSON object whose members are not looked at here. */
const Json = Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object' })

/** A JSON-RPC id. MCP allows no `null`; an integer that JavaScript cannot hold could not be echoed. */
const Id = Type.Union([
  Type.String(),
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })
])

/** One JSON-RPC 2.0 message: a request, a notification (no `id`) or a response (no `method`); never two at once. */
export const Message = Type.Object({
  jsonrpc: Type.Literal('2.0'),
  id: Type.Optional(Id),
  method: Type.Optional(Type.String()),
  params: Type.Optional(Json),
  result: Type.Optional(Json),
  error: Type.Optional(Json)
}, { oneOf: [{ required: ['method'] }, { required: ['id', 'result'] }, { required: ['error'] }] })
export type Message = Static<typeof Message>

export const MAX_BATCH = 20

/** The body of a POST to the MCP endpoint. Batches are of revision 2025-03-26 only. */
export const Body = Type.Union([Message, Type.Array(Message, { minItems: 1, maxItems: MAX_BATCH })])
export type Body = Static<typeof Body>

/** A message that is to be answered. */
export interface RpcRequest {
  readonly id: string | number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** The keys of `_meta` that this server reads or writes (2026-07-28 basic/index, "_meta"). */
export const META = {
  version: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  serverInfo: 'io.modelcontextprotocol/serverInfo'
} as const

/** Name and version of this server (`Implementation`). */
export interface ServerInfo {
  readonly name: string
  readonly title: string
  readonly version: string
}
