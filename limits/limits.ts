import type { Rate } from './window.ts'

/** What a use asks for. It is counted under every limit, or under none if one of them is reached. */
export interface Demand {
  /** How often each key may be used in a window. */
  readonly rates: ReadonlyArray<{ readonly key: string, readonly rate: Rate }>
  /** How many uses of each key may run at the same time. */
  readonly places: ReadonlyArray<{ readonly key: string, readonly max: number }>
}

/** A function to call when the use is over, or the milliseconds to wait before the next try. */
export type Grant = (() => void) | { readonly wait: number }

/** Counts uses: in this process, or together with other processes. */
export interface Limits {
  /**
   * @param requestState sealed state of a call that was counted before. The first use of a state is not counted again
   */
  take (demand: Demand, now: number, requestState?: string): Grant | Promise<Grant>
}

/** It is unknown when a use ends, so a client is told to wait for the shortest time. */
export const NO_PLACE: Grant = Object.freeze({ wait: 1000 })
