import { fetchKeys, KeySetError } from './fetch-keys.ts'
import { readKeySet, type KeySet, type SigningKey } from './key-set.ts'
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
   * The key of this id: at once where it is known and fresh, else after a fetch.
   * @throws Refusal `unknown_key`, `key_unusable`, or `keys_unavailable` where the issuer cannot be asked
   */
  get (kid: string): SigningKey | Promise<SigningKey>
  /** Whether a key could be had now without asking the issuer. */
  readonly ready: boolean
  /** Fetches the keys, however fresh they are. Never rejects; see `ready`. */
  refresh (): Promise<void>
  /** Ends what is under way and what is planned. */
  close (): void
}

// A set is fetched again when this part of its lifetime has passed, so that no caller waits for it.
const REFRESH_AT = 0.8
const FIRST_RETRY_MS = 1000

export function createKeySource ({ issuer, now, onFailure, ...seconds }: KeySourceOptions): KeySource {
  const url = `${issuer}.well-known/jwks.json`
  const [ttl, cooldown, timeout, maxStale] = [seconds.cacheTtl, seconds.cooldown, seconds.timeout, seconds.maxStale].map(s => s * 1000) as [number, number, number, number]
  const closing = new AbortController()

  let keys: KeySet = new Map()
  let fetchedAt = -Infinity
  let failures = 0
  let retryAt = -Infinity
  let curiousAt = -Infinity
  let pending: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  function get (kid: string): SigningKey | Promise<SigningKey> {
    const time = now()
    if (time < fetchedAt + ttl) {
      if (keys.has(kid)) return known(kid)
      // Its cause is an unknown key, so it is rationed; what is under way already costs nothing.
      if (pending === undefined) {
        if (time < curiousAt + cooldown) return missing()
        curiousAt = time
      }
      return refresh().then(() => known(kid))
    }
    const mayWait = pending !== undefined || time >= retryAt
    if (!mayWait || (failures > 0 && isServing(time) && keys.has(kid))) return known(kid)
    return refresh().then(() => known(kid))
  }

  function known (kid: string): SigningKey {
    const key = isServing(now()) ? keys.get(kid) : undefined
    if (key === undefined) return missing()
    if (typeof key === 'string') throw new Refusal('key_unusable', { found: key })
    return key
  }

  function missing (): never {
    if (failures === 0) throw new Refusal('unknown_key')
    throw new Refusal('keys_unavailable', { retryAfter: Math.max(1, Math.ceil((retryAt - now()) / 1000)) })
  }

  function isServing (time: number): boolean {
    return time < fetchedAt + Math.max(ttl, maxStale)
  }

  function refresh (): Promise<void> {
    pending ??= update().finally(() => { pending = undefined })
    return pending
  }

  async function update (): Promise<void> {
    try {
      const set = await readKeySet(issuer, await fetchKeys(url, timeout, closing.signal), keys)
      // An issuer without a single usable key cannot sign anything: that is an accident, not a revocation.
      if (![...set.values()].some(isUsable)) throw new KeySetError('no usable key in the set')
      keys = set
      fetchedAt = now()
      failures = 0
      plan(ttl * REFRESH_AT)
    } catch (error) {
      if (closing.signal.aborted) return
      const backOff = Math.min(cooldown, FIRST_RETRY_MS * 2 ** failures)
      const asked = error instanceof KeySetError ? (error.retryAfter ?? 0) * 1000 : 0
      const wait = Math.max(backOff, Math.min(asked, ttl))
      failures++
      retryAt = now() + wait
      plan(wait)
      onFailure?.(error as Error)
    }
  }

  function plan (delay: number): void {
    clearTimeout(timer)
    if (closing.signal.aborted) return
    timer = setTimeout(refresh, delay).unref()
  }

  return {
    get,
    refresh,
    get ready () { return isServing(now()) },
    close () {
      clearTimeout(timer)
      closing.abort()
    }
  }
}

function isUsable (key: SigningKey | string): boolean {
  return typeof key !== 'string'
}
