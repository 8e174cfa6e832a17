import { ANSWERS, REASONS, type AnswerRow, type Reason } from './reasons.ts'

/** What goes to the log beside the reason. Nothing here may be secret. */
export interface RefusalDetail {
  readonly expected?: unknown
  readonly found?: unknown
  /** Seconds after which trying again makes sense; for `Retry-After`. */
  readonly retryAfter?: number
  /** The scopes that the operation needs, for the challenge. */
  readonly scope?: string
}

/**
 * A request turned away, with the reason that is logged and never reaches the caller. Has the shape of an `Error` and
 * is none: nothing went wrong here, so that there is no stack to tell of, and an `Error` takes longer to make than the
 * fault to find.
 */
export class Refusal implements Error {
  readonly name = 'Refusal'
  readonly message: Reason
  readonly reason: Reason
  readonly detail: RefusalDetail

  constructor (reason: Reason, detail: RefusalDetail = {}) {
    this.message = reason
    this.reason = reason
    this.detail = detail
  }

  get answer (): AnswerRow {
    return ANSWERS[REASONS[this.reason].answer]
  }

  get hint (): string | undefined {
    return REASONS[this.reason].hint
  }
}

const MAX_LENGTH = 256
const MAX_ITEMS = 8

/** What a token says, as a log line can bear it: not long, and not nested. */
export function shown (value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map(item => Array.isArray(item) ? 'array' : shown(item))
  if (typeof value === 'string') return value.slice(0, MAX_LENGTH)
  return typeof value === 'number' ? value : typeof value
}
