import { noPlace, type Bound, type Grant, type Limits, type Reached } from './limits.ts'
import { createOnce } from './once.ts'
import { createRecent } from './recent.ts'
import { bytesOf, Uses, type Kept } from './uses.ts'

/** Limits that this process keeps alone. They answer at once. */
export interface MemoryLimits extends Limits {
  take (bounds: readonly Bound[], now: number, requestState?: string): Grant
}

/** Enough for about 150,000 callers who call now and then. */
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Limits in memory. They keep the time of each use, so that no window, wherever it begins, holds more than the maximum,
 * and a use is free again one window later, or less than a millisecond after that. If they take too much memory, the
 * keys that were not used for longest are forgotten, but never while a use has a place.
 */
export function createMemoryLimits (maxBytes = MAX_BYTES): MemoryLimits {
  const keys = createRecent<Kept>({ maxBytes, sizeOf: bytesOf, isBusy: kept => kept instanceof Uses && kept.running > 0 })
  const isFirstUse = createOnce()

  return {
    take (bounds, now, requestState) {
      const asked = bounds.map(bound => ({ bound, uses: usesOf(bound.key) }))
      for (const { bound, uses } of asked) if (bound.concurrency !== undefined && uses.running >= bound.concurrency) return noPlace(bound)
      // The call of a state was counted when it asked its question. A state that comes again is a new call.
      const isCounted = requestState === undefined || !isFirstUse(requestState)
      if (isCounted) {
        let reached: Reached | undefined
        for (const { bound, uses } of asked) {
          const wait = bound.rate === undefined ? 0 : uses.waitFor(bound.rate, now)
          if (wait > (reached?.wait ?? 0)) reached = { wait, bound, atOnce: false }
        }
        if (reached !== undefined) return reached
      }
      // A refused token takes no place, so nothing has to be released.
      const placed = asked.filter(({ bound }) => bound.concurrency !== undefined)
      for (const { uses } of placed) uses.running++
      // Keys may be forgotten when memory grows, but none that has its place by now.
      if (isCounted) for (const { bound, uses } of asked) if (bound.rate !== undefined) keys.grow(uses.add(bound.rate, now))
      return () => {
        for (const { bound: { key }, uses } of placed) {
          uses.running--
          if (uses.only !== undefined) keys.replace(key, uses.only, uses)
        }
      }
    }
  }

  function usesOf (key: string): Uses {
    const known = keys.get(key)
    if (known instanceof Uses) return known
    const uses = new Uses(known)
    if (known === undefined) keys.set(key, uses)
    else keys.replace(key, uses, known)
    return uses
  }
}
