import { ANSWERS, REASONS, type AnswerRow, type Reason } from './reasons.ts'

/** What goes to the log beside the reason. Nothing here may be secret. */
export interface RefusalDetail {
  readonly expected?: unknown
  readonly found?: unknown
  /** A hint for this case, in place of the reason's own. */
  readonly hint?: string
  /** Seconds after which trying again makes sense; for `Retry-After`. */
  readonly retryAfter?: number
  /** The scopes that the operation needs, for the challenge. */
  readonly scope?: string
}

/** A request that is turned away. Always thrown or passed to `done`. Its code is logged and never reaches the caller. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: Reason
  readonly detail: RefusalDetail

  constructor (code: Reason, detail: RefusalDetail = {}) {
    // The place in our code says nothing about a bad request, and a stack takes eight times as long as the rest.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(code)
    Error.stackTraceLimit = stackTraceLimit
    this.code = code
    this.detail = detail
  }

  get answer (): AnswerRow {
    return ANSWERS[REASONS[this.code].answer]
  }

  /** What is likely wrong, for the operator. */
  get hint (): string {
    return this.detail.hint ?? REASONS[this.code].hint
  }
}

const MAX_LENGTH = 256
const MAX_ITEMS = 8

/** A value from a token, made fit for a log line: cut to 256 characters or `maxItems` items (default 8), never nested. */
export function forLog (value: unknown, maxItems = MAX_ITEMS): unknown {
  if (Array.isArray(value)) return value.slice(0, maxItems).map(item => Array.isArray(item) ? 'array' : forLog(item))
  if (typeof value === 'string') return value.slice(0, MAX_LENGTH)
  return typeof value === 'number' ? value : typeof value
}
