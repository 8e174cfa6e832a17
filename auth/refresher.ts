export interface RefresherOptions {
  /** What is to be done again and again. Milliseconds until the next time is due. */
  readonly load: (closing: AbortSignal) => Promise<number>
  /** Milliseconds to wait at least after an error. */
  readonly askedToWait: (error: unknown) => number
  /** Milliseconds to wait at most, unless asked to. */
  readonly maxWait: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly onFailure?: ((error: Error) => void) | undefined
}

/** Does something when it is due, once at a time, and after a failure soon again, then ever later. */
export interface Refresher {
  /** Joins the run under way, or starts one. Never rejects; see `failed`. */
  run (): Promise<void>
  readonly running: boolean
  /** Whether the last run failed. */
  readonly failed: boolean
  /** Milliseconds until another try makes sense; 0: now. */
  patience (): number
  /** Ends what is under way and what is planned. */
  close (): void
}

const FIRST_WAIT_MS = 1000

/**
 * Does nothing before the first `run`. After a failure it waits a second, then twice as long each time, up to `maxWait`,
 * or as long as it is asked to. Its timers do not keep the process alive.
 */
export function createRefresher ({ load, askedToWait, maxWait, now, onFailure }: RefresherOptions): Refresher {
  const closing = new AbortController()
  let failures = 0
  let failedAt = 0
  let wait = 0
  let pending: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  function run (): Promise<void> {
    pending ??= once().finally(() => { pending = undefined })
    return pending
  }

  async function once (): Promise<void> {
    try {
      const due = await load(closing.signal)
      failures = 0
      plan(due)
    } catch (error) {
      wait = Math.max(Math.min(maxWait, FIRST_WAIT_MS * 2 ** failures), askedToWait(error))
      failures++
      failedAt = now()
      plan(wait)
      if (!closing.signal.aborted) onFailure?.(error as Error)
    }
  }

  function plan (delay: number): void {
    clearTimeout(timer)
    if (!closing.signal.aborted) timer = setTimeout(run, delay).unref()
  }

  return {
    run,
    get running () { return pending !== undefined },
    get failed () { return failures > 0 },
    patience: () => failures > 0 && isWithin(now(), failedAt, wait) ? failedAt + wait - now() : 0,
    close () {
      clearTimeout(timer)
      closing.abort()
    }
  }
}

/** Whether less than a span has passed. A clock that was set back counts as one that has run out. */
export function isWithin (time: number, since: number, span: number): boolean {
  return time >= since && time < since + span
}
