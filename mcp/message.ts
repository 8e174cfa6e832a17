import { Type, type Static } from '@sinclair/typebox'

/** A JSON object whose members are not checked here. */
export type Json = Readonly<Record<string, unknown>>
export const Json = Type.Unsafe<Json>({ type: 'object' })

/** Longest string `id` and progress token, in characters: both are echoed. */
export const MAX_ID_LENGTH = 1024

/** A JSON-RPC id. MCP allows no `null`; an integer that JavaScript cannot hold exactly could not be echoed. */
const Id = Type.Union([
  Type.String({ maxLength: MAX_ID_LENGTH }),
  Type.Integer({ minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER })
])

/** One JSON-RPC 2.0 message: a request, a notification (no `id`) or a response (no `method`), never two at once. */
export const Message = Type.Object({
  jsonrpc: Type.Literal('2.0'),
  id: Type.Optional(Id),
  method: Type.Optional(Type.String()),
  params: Type.Optional(Type.Unsafe<Json | null>({ type: 'object', nullable: true })),
  result: Type.Optional(Json),
  error: Type.Optional(Json)
}, { oneOf: [{ required: ['method'] }, { required: ['id', 'result'] }, { required: ['error'] }] })
export type Message = Static<typeof Message>

/** The most messages of a batch. */
export const MAX_BATCH = 20

/** The body of a POST to the MCP endpoint. Only revision 2025-03-26 has batches. */
export const Body = Type.Union([Message, Type.Array(Message, { minItems: 1, maxItems: MAX_BATCH })])
export type Body = Static<typeof Body>

/** A message that needs an answer. */
export interface RpcRequest {
  /** Echoed in the answer. */
  readonly id: string | number
  readonly method: string
  readonly params: Json
}

/** The keys of `_meta` that this server reads or writes (2026-07-28 basic/index, "_meta"). */
export const META = {
  version: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  serverInfo: 'io.modelcontextprotocol/serverInfo'
} as const

/** The server as clients see it (`Implementation`, and `instructions` for the model). */
export interface ServerInfo {
  readonly name: string
  readonly title: string
  readonly version: string
  readonly instructions?: string
}

/** Whether a value is a JSON object: neither an array nor null. */
export function isObject (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
