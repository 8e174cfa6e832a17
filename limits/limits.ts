/** How many uses are allowed within how many seconds. */
export interface Rate {
  /** The most uses within the window. */
  readonly max: number
  /** Seconds. */
  readonly window: number
}

/** What bounds the uses of a key. */
export interface Bound {
  readonly key: string
  /** How often the key may be used. Default: any number of times. */
  readonly rate?: Rate | undefined
  /** How many uses may run at the same time. Default: any number. */
  readonly concurrency?: number | undefined
}

/** Why a use may not run now. */
export interface Reached {
  /** Milliseconds to wait before the next try. */
  readonly wait: number
  /** The bound that is reached; of several, the one to wait for longest. */
  readonly bound: Bound
  /** Whether too many uses run at the same time. If not, there were too many within the window. */
  readonly atOnce: boolean
}

/** A function to call when the use is over, or why it may not run. */
export type Grant = (() => void) | Reached

/** Counts uses: in this process, or together with other processes. */
export interface Limits {
  /**
   * Counts a use under every bound, or under none if one of them is reached.
   * @param now milliseconds of a monotonic clock
   * @param requestState sealed state of a call that was counted before. The first use of a state is not counted again
   */
  take (bounds: readonly Bound[], now: number, requestState?: string): Grant | Promise<Grant>
}

/** Too many uses run. Nobody knows when one ends, so the wait is the shortest that `Retry-After` can say. */
export function noPlace (bound: Bound): Reached {
  return { wait: 1000, bound, atOnce: true }
}
