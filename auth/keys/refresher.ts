/** The work to repeat, and its intervals. */
export interface RefresherOptions {
  /** The repeated work. Resolves to the milliseconds until it is due again. */
  readonly load: (closing: AbortSignal) => Promise<number>
  /** The least time to wait after an error, in milliseconds. */
  readonly askedToWait: (error: unknown) => number
  /** The longest time to wait after an error, in milliseconds, unless `askedToWait` says more. */
  readonly maxWait: number
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly onFailure?: ((error: Error) => void) | undefined
}

/** Repeats its work when it is due, one run at a time, and after a failure at growing intervals. */
export interface Refresher {
  /** Joins the run under way, or starts one. Never rejects; see `failed`. */
  run (): Promise<void>
  readonly running: boolean
  /** Whether the last run failed. */
  readonly failed: boolean
  /** Milliseconds until another try makes sense; 0: now. */
  retryAfterMs (): number
  /** Aborts the present run and cancels the next one. */
  close (): void
}

const FIRST_WAIT_MS = 1000

/**
 * Does nothing before the first `run`. After a failure it waits a second, then twice as long each time, up to `maxWait`,
 * or as long as `askedToWait` says. Its timers do not keep the process alive.
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
    retryAfterMs: () => failures > 0 && isWithin(now(), failedAt, wait) ? failedAt + wait - now() : 0,
    close () {
      clearTimeout(timer)
      closing.abort()
    }
  }
}

/** Whether less than `span` has passed since `since`. If the clock was set back, the span has run out. */
export function isWithin (time: number, since: number, span: number): boolean {
  return time >= since && time < since + span
}
