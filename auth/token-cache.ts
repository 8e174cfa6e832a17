import { LRUCache } from 'lru-cache'
import type { Caller } from './caller.ts'
import type { Validity } from './claims.ts'
import type { KeyRing } from './key-ring.ts'
import type { SigningKey } from './key-set.ts'

/** A token that was verified, and what its verdict rests on. */
export interface Verified {
  readonly caller: Caller
  /** The key that verified it: once the issuer withdraws it, so is the verdict. */
  readonly key: SigningKey
  readonly validity: Validity
}

/**
 * Remembers verified tokens, so that one that comes again costs a look-up and not a signature. Keyed by the whole token:
 * there is nothing to collide. Only good tokens are kept; a refusal is worked out anew each time.
 */
export interface TokenCache {
  /** The verdict on this token, if it still stands: not expired, and the key ring still gives the same key. */
  get (token: string, now: number): Verified | undefined
  set (token: string, verified: Verified): void
}

export interface TokenCacheOptions {
  /** How many tokens at the most. Default 10,000. */
  readonly maxEntries?: number
  /** How much memory at the most, in bytes, roughly. Default 16 MiB. */
  readonly maxBytes?: number
}

// A caller's strings are slices of what the token says, so that its length bounds both; the rest is objects.
const OBJECT_BYTES = 1024

export function createTokenCache (keys: KeyRing, { maxEntries = 10_000, maxBytes = 16 * 1024 * 1024 }: TokenCacheOptions = {}): TokenCache {
  const cache = new LRUCache<string, Verified>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: (_verified, token) => 2 * token.length + OBJECT_BYTES
  })

  return {
    get (token, now) {
      const verified = cache.get(token)
      if (verified === undefined || stands(keys, verified, now)) return verified
      cache.delete(token)
    },
    set (token, verified) {
      cache.set(token, verified)
    }
  }
}

function stands (keys: KeyRing, { caller, key, validity: { from, until } }: Verified, now: number): boolean {
  if (now < from || now >= until) return false
  try {
    const current = keys.get(caller.issuer, key.kid)
    // Being fetched: whoever verifies the token anew waits for it and learns how it ends.
    if (current instanceof Promise) current.catch(() => {})
    return current === key
  } catch {
    return false
  }
}
