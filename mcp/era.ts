import type { CallOptions } from './channel.ts'
import type { Headers } from './headers.ts'
import type { RpcRequest } from './schema.ts'

/** Answers one method: the `result` as JSON text, or as its bytes where it was written at start. @throws RpcError */
export type Method = (request: RpcRequest, options: CallOptions) => string | Buffer | Promise<string>

/**
 * How one revision of the protocol is spoken. A request is given to the era of its revision once, and nothing behind
 * that asks again which revision it is.
 */
export interface Era {
  readonly version: string
  readonly methods: ReadonlyMap<string, Method>
  /** Answers every other method. */
  readonly unknownMethod: Method
  /** Whether a body may hold several messages. */
  readonly batches: boolean
  /** Whether clients may post responses. */
  readonly responses: boolean
  /** Checks what a request of this revision owes beyond JSON-RPC. @throws RpcError */
  check (headers: Headers, request: RpcRequest): void
}
