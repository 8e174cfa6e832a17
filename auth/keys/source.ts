import { fetchKeys, KeySetError } from './fetch.ts'
import { createFreshness, type KeyLifetimes } from './freshness.ts'
import { createRefresher } from './refresher.ts'
import { faultsOf, findKey, readKeySet, usableKeys, type KeySet, type SigningKey } from './set.ts'
import { createKeyStore } from './store.ts'
import { forLog, Refusal } from '../refusal.ts'

/** The issuer, and the lifetimes of its keys. */
export interface KeySourceOptions extends KeyLifetimes {
  /** The issuer, with its trailing slash; keys are at `<issuer>.well-known/jwks.json`. */
  readonly issuer: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Called with every fetch that failed. */
  readonly onFailure?: (error: Error) => void
}

/** The state of an issuer's keys. */
export interface KeyState {
  readonly issuer: string
  /** Whether the last fetch succeeded. */
  readonly up: boolean
  /** Seconds since the last good fetch; undefined before the first. */
  readonly ageSeconds: number | undefined
  /** Fetches that succeeded and that failed, since the start. */
  readonly fetched: number
  readonly failed: number
}

/** The signing keys of one issuer, kept fresh. */
export interface KeySource {
  /**
   * The key of this id: at once if it is known and fresh, else after a fetch.
   * @throws Refusal: `unknown_key`, `key_unusable`, or `keys_unavailable` if the issuer cannot be asked
   */
  get (kid: string): SigningKey | Promise<SigningKey>
  /**
   * The key of this id in PEM. Never fetches.
   * @throws Refusal as `get` does
   */
  pem (kid: string): Promise<string>
  /** Whether this very key may verify at this time, in milliseconds since 1970. Never fetches. */
  isCurrent (key: SigningKey, time: number): boolean
  /** Whether there are keys that may verify now. */
  readonly ready: boolean
  readonly state: KeyState
  /** Fetches the keys, however fresh they are. Never rejects; see `ready`. */
  refresh (): Promise<void>
  /** Aborts the present fetch and cancels the next one. */
  close (): void
}

// A set is fetched again after this part of its lifetime, so that no caller waits for it.
const REFRESH_AT = 0.8

/** Starts without keys: the first `get` or `refresh` fetches them, and from then on they are fetched ahead of time. */
export function createKeySource ({ issuer, now, onFailure, ...lifetimes }: KeySourceOptions): KeySource {
  const url = `${issuer}.well-known/jwks.json`
  const [ttl, cooldown, timeout] = [lifetimes.cacheTtl * 1000, lifetimes.cooldown * 1000, lifetimes.timeout * 1000]
  const store = createKeyStore(issuer)
  const freshness = createFreshness(lifetimes)
  let keys: KeySet = new Map()
  let [fetched, failed] = [0, 0]
  const fetching = createRefresher({
    load,
    askedToWait: error => Math.min(ttl, 1000 * ((error as Partial<KeySetError>).retryAfter ?? 0)),
    maxWait: cooldown,
    now,
    onFailure (error) {
      failed++
      onFailure?.(error)
    }
  })

  async function load (closing: AbortSignal): Promise<number> {
    const set = readKeySet(issuer, await fetchKeys(url, timeout, closing), keys)
    const usable = usableKeys(set)
    // More likely an accident than a revocation of all keys, so the known keys stay.
    if (usable.length === 0) throw new KeySetError(`no usable key in the set: ${faultsOf(set)}`, url)
    keys = set
    store.fill(usable)
    freshness.renew(now())
    fetched++
    return ttl * REFRESH_AT
  }

  function get (kid: string): SigningKey | Promise<SigningKey> {
    const time = now()
    if ((keys.has(kid) && isTrusted(time)) || !mayFetch(time)) return lookUp(kid)
    return fetching.run().then(() => lookUp(kid))
  }

  // Joining a fetch that is under way costs nothing.
  function mayFetch (time: number): boolean {
    return fetching.running || (fetching.retryAfterMs() === 0 && freshness.mayFetch(time))
  }

  function lookUp (kid: string): SigningKey {
    const time = now()
    const key = freshness.isServing(time) ? findKey(keys, kid) : undefined
    if (key !== undefined) return key
    if (freshness.isFresh(time) && !fetching.failed) throw new Refusal('unknown_key', { found: { iss: issuer, kid: forLog(kid) } })
    throw new Refusal('keys_unavailable', { retryAfter: Math.max(1, Math.ceil(fetching.retryAfterMs() / 1000)) })
  }

  /** Whether the known keys may verify without a new fetch. */
  function isTrusted (time: number): boolean {
    return freshness.isFresh(time) || (fetching.failed && freshness.isServing(time))
  }

  return {
    get,
    pem: kid => store.pem(lookUp(kid)),
    isCurrent: (key, time) => keys.get(key.kid) === key && isTrusted(time),
    refresh: fetching.run,
    get ready () { return freshness.isServing(now()) },
    get state () { return { issuer, up: fetched > 0 && !fetching.failed, ageSeconds: freshness.age(now()), fetched, failed } },
    close: fetching.close
  }
}
