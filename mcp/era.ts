import type { CallOptions } from './call.ts'
import type { Headers } from './headers.ts'
import type { Message, RpcRequest } from './schema.ts'

/** Answers one method: the `result` as JSON text. */
export type Method = (request: RpcRequest, options: CallOptions) => string | Promise<string>

/**
 * How one revision of the protocol is spoken. A request is given to the era of its revision once, and nothing behind
 * that asks again which revision it is.
 */
export interface Era {
  readonly version: string
  readonly methods: ReadonlyMap<string, Method>
  /** The HTTP status of a method that is not there. */
  readonly unknownMethodStatus: number
  /** Whether a body may hold several messages. */
  readonly batches: boolean
  /** Whether clients may post responses. */
  readonly responses: boolean
  /** Checks what a request of this revision owes beyond JSON-RPC. @throws RpcError */
  check (headers: Headers, request: RpcRequest): void
}

/** A method whose answer never changes. */
export function fixed (result: string): Method {
  return () => result
}

export function isRequest (message: Message): message is Message & { id: string | number, method: string } {
  return message.method !== undefined && message.id !== undefined
}
