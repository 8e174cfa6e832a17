import { ANSWERS, REASONS, type AnswerRow, type Reason } from './reasons.ts'

/** What goes to the log beside the reason. Nothing here may be secret. */
export interface RefusalDetail {
  readonly expected?: unknown
  readonly found?: unknown
  /** Seconds after which trying again makes sense; for `Retry-After`. */
  readonly retryAfter?: number
  /** The scopes that the operation needs, for the challenge. */
  readonly scope?: string
  readonly cause?: unknown
}

/** A request turned away, with the reason that is logged. The message never reaches the caller. */
export class Refusal extends Error {
  readonly reason: Reason
  readonly detail: RefusalDetail

  constructor (reason: Reason, detail: RefusalDetail = {}) {
    // Without a stack: the reason says enough, and walking the stack would cost more than all else about a refusal.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(reason)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'Refusal'
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
