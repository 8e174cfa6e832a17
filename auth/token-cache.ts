import { LRUCache } from 'lru-cache'
import type { Caller } from './caller.ts'
import { createSeen } from './seen.ts'
import type { Validity } from './validity.ts'
import type { KeyRing } from './keys/ring.ts'
import type { SigningKey } from './keys/set.ts'

/** A verified token's caller, and the key and time for which the verdict holds. */
export interface Verified {
  readonly caller: Caller
  /** The key that verified the token. The verdict ends when the issuer withdraws the key. */
  readonly key: SigningKey
  readonly validity: Validity
}

/**
 * Remembers verified tokens, so that a repeated token costs a look-up instead of a signature check. A token is kept when
 * it is verified for the second time, so that any number of one-time tokens displaces nothing and takes little memory.
 * The key of an entry is the end of the signature; then the whole token is compared. Refusals are not kept.
 */
export interface TokenCache {
  /**
   * The verdict on this token, if it still holds: not expired, and the key ring still has the same key.
   * @param now milliseconds since 1970
   */
  get (token: string, now: number): Verified | undefined
  set (token: string, verified: Verified): void
  readonly stats: CacheStats
}

/** Figures of the cache since the start. */
export interface CacheStats {
  /** Look-ups that found a verdict that holds, and those that did not. */
  readonly hits: number
  readonly misses: number
  /** Tokens in it now. */
  readonly size: number
}

/** Bounds of the cache. */
export interface TokenCacheOptions {
  /** Tokens at the most. Default 10,000. */
  readonly maxEntries?: number
  /** Bytes of memory at the most, roughly. Default 16 MiB. */
  readonly maxBytes?: number
}

interface Entry extends Verified {
  readonly token: string
}

// A caller's strings are parts of the token, so that the token's length bounds both; the rest is objects.
const OBJECT_BYTES = 1024
// Characters of the signature. Two tokens may end alike: the end only finds an entry, and the comparison of the whole
// token decides. To hash a whole token would cost more than the rest of this file, and a longer slice would keep the
// header in memory from which it was cut.
const END = 12

/** An empty cache. If it is full, the least recently used entry is dropped. */
export function createTokenCache (keys: KeyRing, { maxEntries = 10_000, maxBytes = 16 * 1024 * 1024 }: TokenCacheOptions = {}): TokenCache {
  const isSeen = createSeen(maxEntries)
  const cache = new LRUCache<string, Entry>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: ({ token }) => 2 * token.length + OBJECT_BYTES
  })

  const stats = { hits: 0, misses: 0, get size () { return cache.size } }

  return {
    stats,
    get (token, now) {
      const end = token.slice(-END)
      const entry = cache.get(end)
      if (entry !== undefined && entry.token === token) {
        if (isValid(keys, entry, now)) {
          stats.hits++
          return entry
        }
        cache.delete(end)
      }
      stats.misses++
      return undefined
    },
    set (token, verified) {
      const end = token.slice(-END)
      if (isSeen(end)) cache.set(end, { token, ...verified })
    }
  }
}

function isValid (keys: KeyRing, { key, validity: { from, until } }: Verified, now: number): boolean {
  return now >= from && now < until && keys.isCurrent(key, now)
}
