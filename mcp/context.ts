import type { Caller } from '../auth/caller.ts'
import type { CallApi } from './api.ts'
import type { Answers, InputRequests } from './elicitation/elicit.ts'

/** The second argument of a handler, after the arguments of the call. */
export interface Context {
  /** The caller, from the verified token. */
  readonly caller: Caller
  /**
   * Aborts when the client closes the connection or the time limit is over. Pass it to everything that can wait.
   * Closing the connection is the only way to cancel: `notifications/cancelled` has no effect, since there are no
   * sessions that could tell whose request it names.
   */
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: number
  /** The capabilities that the client declared, such as `elicitation` (2026-07-28 only; empty in earlier revisions). */
  readonly clientCapabilities: Readonly<Record<string, unknown>>
  /** Writes for the operator, with the id of the request. Never log a secret. */
  readonly log: Log
  /** Reports progress, if the client asked for it. A value that is not greater than the last is dropped. */
  progress (progress: number, total?: number, message?: string): void
  /**
   * Asks the client for something, with `elicit` or `elicitUrl`, and returns its answers. `sample` and `roots` are
   * deprecated. If an answer is missing, `ask` throws and this run ends; do not catch that. When the client has answered,
   * the handler runs again from its start. So ask before anything that must not be done twice, and ask the same question
   * each time: an answer counts only for the question with the same text.
   */
  ask<Requests extends InputRequests> (requests: Requests): Answers<Requests>
  /**
   * Calls the API that the tool declares, as the caller: `fetch`, bound to the URL of the API. The server adds a token
   * that it exchanged for the caller's own; the tool never sees either. It ends with the call.
   */
  readonly api: CallApi
}

/** The log levels that a tool may use. The members of `details` become members of the log line. */
export interface Log {
  info (details: object, message: string): void
  warn (details: object, message: string): void
  error (details: object, message: string): void
}
