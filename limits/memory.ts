import { LRUCache } from 'lru-cache'
import { NO_PLACE, type Bound, type Grant, type Limits } from './limits.ts'
import { createOnce } from './once.ts'
import { Uses } from './uses.ts'

/** Limits that this process keeps alone. They answer at once. */
export interface MemoryLimits extends Limits {
  take (bounds: readonly Bound[], now: number, requestState?: string): Grant
}

const MAX_KEYS = 100_000
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Limits in memory. They keep the time of each use, so that no window, wherever it begins, holds more than the maximum,
 * and a use is free again exactly one window later. If there are too many keys, the least used are forgotten.
 */
export function createMemoryLimits ({ maxKeys = MAX_KEYS, maxBytes = MAX_BYTES } = {}): MemoryLimits {
  // The cache's own `max` would reserve memory for every key at once, which takes longer than the rest of the start.
  const keys = new LRUCache<string, Uses>({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes })
  const isFirstUse = createOnce()

  return {
    take (bounds, now, requestState) {
      const asked = bounds.map(({ key, rate, concurrency }) => ({ key, rate, concurrency, uses: usesOf(key) }))
      for (const { concurrency, uses } of asked) if (concurrency !== undefined && uses.running >= concurrency) return NO_PLACE
      // Answers to a question belong to a call that was counted. The same answers once more are a new call.
      if (requestState === undefined || !isFirstUse(requestState)) {
        let wait = 0
        for (const { rate, uses } of asked) if (rate !== undefined) wait = Math.max(wait, uses.waitFor(rate, now))
        if (wait > 0) return { wait }
        for (const { key, rate, uses } of asked) if (rate !== undefined) add(key, uses, now)
      }
      for (const { uses } of asked) uses.running++
      return () => { for (const { uses } of asked) uses.running-- }
    }
  }

  function usesOf (key: string): Uses {
    const known = keys.get(key)
    if (known !== undefined) return known
    const uses = new Uses()
    keys.set(key, uses)
    if (keys.size > maxKeys) keys.pop()
    return uses
  }

  function add (key: string, uses: Uses, now: number): void {
    if (!uses.add(now)) return
    // The cache reads the size of what is new to it, and keeps that of what it has.
    keys.delete(key)
    keys.set(key, uses)
  }
}
