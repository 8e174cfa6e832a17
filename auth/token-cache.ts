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
 * Remembers verified tokens, so that one that comes again costs a look-up and not a signature. A token is kept when it
 * comes for the second time: those that come once, however many, push nobody out and take next to no memory. It is
 * found by the end of its signature, and then all of it is compared. Only good tokens are kept; a refusal is worked out
 * anew each time.
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

interface Entry extends Verified {
  readonly token: string
}

// A caller's strings are slices of what the token says, so that its length bounds both; the rest is objects.
const OBJECT_BYTES = 1024
// Characters of base64url: with a key of 2048 bits eight and a half bytes, as the last one carries two bits. Two tokens
// may end alike; the end only finds, and the comparison of the whole token decides. Hashing a whole token would cost
// more than all else here, and a longer slice would hold on to the header that it was cut from.
const END = 12

/** An empty cache. What does not fit pushes out what was not used for longest. */
export function createTokenCache (keys: KeyRing, { maxEntries = 10_000, maxBytes = 16 * 1024 * 1024 }: TokenCacheOptions = {}): TokenCache {
  const isSeen = createRecent(maxEntries)
  const cache = new LRUCache<string, Entry>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: ({ token }) => 2 * token.length + OBJECT_BYTES
  })

  return {
    get (token, now) {
      const end = token.slice(-END)
      const entry = cache.get(end)
      if (entry === undefined || entry.token !== token) return undefined
      if (stands(keys, entry, now)) return entry
      cache.delete(end)
    },
    set (token, verified) {
      const end = token.slice(-END)
      if (isSeen(end)) cache.set(end, { token, ...verified })
    }
  }
}

/** Tells whether a name is one of the last that it was asked about: at least `count`, at most twice as many. */
function createRecent (count: number): (name: string) => boolean {
  let young = new Set<string>()
  let old = new Set<string>()

  return name => {
    if (young.has(name) || old.has(name)) return true
    if (young.size >= count) [young, old] = [new Set(), young]
    young.add(name)
    return false
  }
}

function stands (keys: KeyRing, { caller, key, validity: { from, until } }: Verified, now: number): boolean {
  // A key that is being fetched is not at hand: whoever verifies the token anew waits for it and learns how it ends.
  return now >= from && now < until && keys.get(caller.issuer, key.kid) === key
}
