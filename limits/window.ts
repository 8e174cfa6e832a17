import { LRUCache } from 'lru-cache'
import { TimeQueue } from './time-queue.ts'

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
/** Times that a queue may gain before its size is read again. */
const SIZED_EVERY = 64

/**
 * A counter in memory. It keeps the time of each use, so that no window, wherever it begins, holds more than the
 * maximum, and a use is free again exactly one window later. If there are too many keys, the least used are forgotten.
 */
export function createWindowCounter ({ maxKeys = MAX_KEYS, maxBytes = MAX_BYTES } = {}): WindowCounter {
  // The cache's own `max` would reserve memory for every key at once, which takes longer than the rest of the start.
  const queues = new LRUCache<string, TimeQueue>({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes })

  return {
    take (rates, now) {
      let wait = 0
      for (const { key, rate } of rates) wait = Math.max(wait, waitOf(key, rate, now))
      if (wait === 0) for (const { key } of rates) add(key, now)
      return wait
    }
  }

  function waitOf (key: string, { max, window }: Rate, now: number): number {
    const queue = queues.get(key)
    if (queue === undefined) return 0
    queue.forgetUntil(now - window * 1000)
    return queue.length < max ? 0 : queue.oldest + window * 1000 - now
  }

  function add (key: string, now: number): void {
    const queue = queues.peek(key)
    if (queue === undefined) {
      queues.set(key, new TimeQueue(now))
      if (queues.size > maxKeys) queues.pop()
      return
    }
    queue.push(now)
    // The cache has to hear that a queue grew, but not of each time.
    if (queue.length % SIZED_EVERY === 0) queues.set(key, queue)
  }
}
