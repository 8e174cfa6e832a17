import { isWithin } from './refresher.ts'

/** How long keys live. All in seconds. */
export interface KeyLifetimes {
  /** How long a fetched set is fresh; bounds how long a withdrawn key still serves. */
  readonly cacheTtl: number
  /** The shortest time between two fetches that unknown keys cause. */
  readonly cooldown: number
  /** How long one fetch may take. */
  readonly timeout: number
  /** How long known keys serve while the issuer is down, since the last good fetch. */
  readonly maxStale: number
}

/** What the time since the last good fetch allows. All times are in milliseconds since 1970. */
export interface Freshness {
  /** Notes a good fetch. */
  renew (time: number): void
  /** Whether the set is younger than `cacheTtl`. */
  isFresh (time: number): boolean
  /** Whether the keys may serve while the issuer is down. */
  isServing (time: number): boolean
  /** Whether an unknown key may cause a fetch: at any time if the set is not fresh, else once in a `cooldown`. */
  mayFetch (time: number): boolean
  /** Seconds since the last good fetch; undefined before the first. */
  age (time: number): number | undefined
}

/** Starts as if the last good fetch was infinitely long ago. */
export function createFreshness (lifetimes: Pick<KeyLifetimes, 'cacheTtl' | 'cooldown' | 'maxStale'>): Freshness {
  const ttl = lifetimes.cacheTtl * 1000
  const cooldown = lifetimes.cooldown * 1000
  const serving = Math.max(ttl, lifetimes.maxStale * 1000)
  let fetchedAt = -Infinity
  let lastUnknownKeyFetch = -Infinity

  function isFresh (time: number): boolean {
    return isWithin(time, fetchedAt, ttl)
  }

  return {
    renew (time) { fetchedAt = time },
    isFresh,
    isServing: time => time < fetchedAt + serving,
    mayFetch (time) {
      if (!isFresh(time)) return true
      if (isWithin(time, lastUnknownKeyFetch, cooldown)) return false
      lastUnknownKeyFetch = time
      return true
    },
    age: time => fetchedAt === -Infinity ? undefined : (time - fetchedAt) / 1000
  }
}
