import { fetchKeys, KeySetError } from './fetch-keys.ts'
import { readKeySet, type KeySet, type SigningKey } from './key-set.ts'
import { createRefresher, isWithin } from './refresher.ts'
import { Refusal } from './refusal.ts'

/** How long keys live. All in seconds. */
export interface KeyLifetimes {
  /** How long a fetched set is fresh; bounds how long a withdrawn key still serves. */
  readonly cacheTtl: number
  /** How long between refetches that unknown keys cause. */
  readonly cooldown: number
  /** How long one fetch may take. */
  readonly timeout: number
  /** How long known keys serve while the issuer is down, since the last good fetch. */
  readonly maxStale: number
}

export interface KeySourceOptions extends KeyLifetimes {
  /** The issuer, with its trailing slash; keys are at `<issuer>.well-known/jwks.json`. */
  readonly issuer: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Told of every fetch that failed, in words. */
  readonly onFailure?: (error: Error) => void
}

/** The signing keys of one issuer, kept fresh. */
export interface KeySource {
  /**
   * The key of this id: at once where it is known and fresh, else after a fetch. Never throws, never rejects.
   * @returns or a Refusal: `unknown_key`, `key_unusable`, or `keys_unavailable` where the issuer cannot be asked
   */
  get (kid: string): SigningKey | Refusal | Promise<SigningKey | Refusal>
  /** Whether a key could be had now without asking the issuer. */
  readonly ready: boolean
  /** Fetches the keys, however fresh they are. Never rejects; see `ready`. */
  refresh (): Promise<void>
  /** Ends what is under way and what is planned. */
  close (): void
}

// A set is fetched again when this part of its lifetime has passed, so that no caller waits for it.
const REFRESH_AT = 0.8

/** Starts without keys: the first `get` or `refresh` fetches them, and from then on they are fetched ahead of time. */
export function createKeySource ({ issuer, now, onFailure, ...seconds }: KeySourceOptions): KeySource {
  const url = `${issuer}.well-known/jwks.json`
  const [ttl, cooldown, timeout, maxStale] = [seconds.cacheTtl, seconds.cooldown, seconds.timeout, seconds.maxStale].map(s => s * 1000) as [number, number, number, number]

  let keys: KeySet = new Map()
  let fetchedAt = -Infinity
  let curiousAt = -Infinity
  const fetching = createRefresher({
    load,
    askedToWait: error => Math.min(ttl, 1000 * ((error as Partial<KeySetError>).retryAfter ?? 0)),
    maxWait: cooldown,
    now,
    onFailure
  })

  async function load (closing: AbortSignal): Promise<number> {
    const set = await readKeySet(issuer, await fetchKeys(url, timeout, closing), keys)
    // An issuer without a single usable key cannot sign anything: that is an accident, not a revocation.
    if (![...set.values()].some(isUsable)) throw new KeySetError('no usable key in the set')
    keys = set
    fetchedAt = now()
    return ttl * REFRESH_AT
  }

  function get (kid: string): SigningKey | Refusal | Promise<SigningKey | Refusal> {
    const time = now()
    const isKnown = keys.has(kid)
    if (isKnown && (isWithin(time, fetchedAt, ttl) || (fetching.failed && isServing(time)))) return known(kid)
    return mayFetch(time) ? fetching.run().then(() => known(kid)) : known(kid)
  }

  // What is under way already costs nothing. What an unknown key causes, while the set is fresh, is rationed.
  function mayFetch (time: number): boolean {
    if (fetching.running) return true
    if (fetching.patience() > 0) return false
    if (!isWithin(time, fetchedAt, ttl)) return true
    if (isWithin(time, curiousAt, cooldown)) return false
    curiousAt = time
    return true
  }

  function known (kid: string): SigningKey | Refusal {
    const time = now()
    const key = isServing(time) ? keys.get(kid) : undefined
    if (typeof key === 'string') return new Refusal('key_unusable', { found: key })
    if (key !== undefined) return key
    if (isWithin(time, fetchedAt, ttl) && !fetching.failed) return new Refusal('unknown_key')
    return new Refusal('keys_unavailable', { retryAfter: Math.max(1, Math.ceil(fetching.patience() / 1000)) })
  }

  function isServing (time: number): boolean {
    return time < fetchedAt + Math.max(ttl, maxStale)
  }

  return {
    get,
    refresh: fetching.run,
    get ready () { return isServing(now()) },
    close: fetching.close
  }
}

function isUsable (key: SigningKey | string): boolean {
  return typeof key !== 'string'
}
