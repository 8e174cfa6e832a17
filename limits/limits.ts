/** How many uses are allowed within how many seconds. */
export interface Rate {
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

/** A function to call when the use is over, or the milliseconds to wait before the next try. */
export type Grant = (() => void) | { readonly wait: number }

/** Counts uses: in this process, or together with other processes. */
export interface Limits {
  /**
   * Counts a use under every bound, or under none if one of them is reached.
   * @param requestState sealed state of a call that was counted before. The first use of a state is not counted again
   */
  take (bounds: readonly Bound[], now: number, requestState?: string): Grant | Promise<Grant>
}

/** It is unknown when a use ends, so a client is told to wait for the shortest time. */
export const NO_PLACE: Grant = Object.freeze({ wait: 1000 })
