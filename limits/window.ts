import { LRUCache } from 'lru-cache'
import { Ring } from './ring.ts'

/** How many uses are allowed within how many seconds. */
export interface Rate {
  readonly max: number
  /** Seconds. */
  readonly window: number
}

/** Counts the uses of many keys, each within its own sliding window. */
export interface WindowCounter {
  /**
   * Counts one use under every rate, or under none if one of them is reached.
   * @returns milliseconds until the use is possible; 0 if it was counted
   */
  take (rates: ReadonlyArray<{ readonly key: string, readonly rate: Rate }>, now: number): number
}

const MAX_KEYS = 100_000
/** Bytes of all times that are kept. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * A counter in memory. It keeps the time of each use, so that no window, wherever it begins, holds more than the
 * maximum, and a use is free again exactly one window later. If there are too many keys, the least used are forgotten.
 */
export function createWindowCounter ({ maxKeys = MAX_KEYS, maxBytes = MAX_BYTES } = {}): WindowCounter {
  // The cache's own `max` would reserve memory for every key at once, which takes longer than the rest of the start.
  const rings = new LRUCache<string, Ring>({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes })

  return {
    take (rates, now) {
      let wait = 0
      for (const { key, rate } of rates) wait = Math.max(wait, waitOf(key, rate, now))
      if (wait === 0) for (const { key } of rates) add(key, now)
      return wait
    }
  }

  function waitOf (key: string, { max, window }: Rate, now: number): number {
    const ring = rings.get(key)
    if (ring === undefined) return 0
    ring.forgetUntil(now - window * 1000)
    return ring.length < max ? 0 : ring.oldest + window * 1000 - now
  }

  function add (key: string, now: number): void {
    const known = rings.peek(key)
    const ring = known ?? new Ring()
    const grew = ring.push(now)
    // The cache has to hear of it when a ring grows.
    if (known === undefined || grew) rings.set(key, ring)
    if (rings.size > maxKeys) rings.pop()
  }
}
