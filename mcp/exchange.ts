import type { Caller } from '../auth/caller.ts'
import type { Recorded } from './calls/call-record.ts'
import type { Json, RpcRequest } from './message.ts'
import type { Head } from './revisions/mirrored-headers.ts'
import type { RegisteredTool } from './registry.ts'
import type { Result } from './response.ts'
import type { Need } from './declaration/scopes.ts'
import type { Log } from './tool.ts'

/** A body that has been understood: the requests in it, and the method that answers each. */
export interface Exchange {
  /** Empty if every message was a notification or a response. */
  readonly calls: readonly RpcCall[]
  readonly batch: boolean
  /** The scopes that its tool calls need. */
  readonly needs: readonly Need[]
}

/** Replaces an exchange whose answer is out, so that its body can be freed. */
export const ANSWERED: Exchange = Object.freeze({ calls: [], batch: false, needs: [] })

/** One request of an exchange. */
export interface RpcCall extends Recorded {
  /** The arguments on which its scopes depend; undefined if they depend on none. */
  readonly args: Json | undefined
  /** The capabilities that the client declared. */
  readonly clientCapabilities: Json
  method: Method
}

/** Answers one method. @throws RpcError */
export type Method = (call: RpcCall, options: CallOptions) => Result | Promise<Result>

/** One revision of the protocol. A request is assigned to its era once; later code never asks for the revision. */
export interface Era {
  readonly version: string
  readonly methods: ReadonlyMap<string, Method>
  /** Answers every other method. */
  readonly unknownMethod: Method
  /** Whether a body may hold several messages. */
  readonly batches: boolean
  /** Whether clients may post responses. */
  readonly responses: boolean
  /** Checks the demands of this revision beyond JSON-RPC. @returns the capabilities of the client @throws RpcError */
  check (head: Head, request: RpcRequest, tool: RegisteredTool | undefined): Json
}

/** The way back to the client of one request, before the answer. */
export interface Channel {
  /** Sends a notification, if the client accepts any and the answer is not out yet. */
  notify (notification: object): void
  /** Calls back if the client goes away before the answer is out; at once if it is already gone. */
  onGone (gone: () => void): void
}

/** The parts of the HTTP request that a call uses. */
export interface CallOptions {
  readonly caller: Caller
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: number
  /** The id in the log line of an internal error, which the answer names too. */
  readonly requestId: string
  readonly channel: Channel
}

/** The answer to an exchange. */
export interface Reply {
  /** The HTTP status. */
  readonly status: number
  /** JSON. Absent if nothing is to be answered (202). */
  readonly body?: string | Buffer
  /** The id of the request, if the answer is an internal error. */
  readonly requestId?: string | undefined
  /** Seconds, if a call was refused by a limit; the longest of a batch. */
  readonly retryAfter?: number | undefined
}
