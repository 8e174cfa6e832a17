import type { Caller } from '../auth/caller.ts'
import type { Log } from './tool.ts'

/** The way back to the client of one request, ahead of the answer. */
export interface Channel {
  /** Sends a notification, where the client takes any and the answer is not out yet. */
  notify (notification: object): void
  /** Calls back if the client goes away before the answer is out; at once if it is gone already. */
  onGone (gone: () => void): void
}

/** What a call needs of the request that carries it. */
export interface CallOptions {
  readonly caller: Caller
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: number
  readonly channel: Channel
}
