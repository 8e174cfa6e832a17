import type { KeyLifetimes } from './freshness.ts'
import { createKeySource, type KeySource, type KeyState } from './source.ts'
import type { SigningKey } from './set.ts'
import { forLog, Refusal } from '../refusal.ts'

/** The key sources of all accepted issuers. A key of one issuer is never looked for at another. */
export interface KeyRing {
  /**
   * The key that an issuer names `kid`: at once if it is known and fresh, else after a fetch. Until the signature is
   * verified, the issuer is only a claim: it is compared with the configured ones, never asked for.
   * @throws Refusal: `issuer_mismatch`, `issuer_slash_only`, or those of `KeySource.get`
   */
  get (issuer: unknown, kid: string): SigningKey | Promise<SigningKey>
  /**
   * The same key in PEM, from get-jwks. Never fetches.
   * @throws Refusal if there is no such key
   */
  pem (issuer: unknown, kid: string): Promise<string>
  /** Whether this very key may verify at this time, in milliseconds since 1970. Never fetches. */
  isCurrent (key: SigningKey, time: number): boolean
  /** Whether the keys of at least one issuer are known. An issuer that is down must not lock out callers of the others. */
  readonly ready: boolean
  /** The state of each issuer's keys. */
  readonly state: readonly KeyState[]
  /** Fetches all keys. Never rejects. */
  prefetch (): Promise<void>
  close (): void
}

/** The accepted issuers, and the lifetimes of their keys. */
export interface KeyRingOptions extends KeyLifetimes {
  readonly issuers: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Called with every fetch that failed. */
  readonly onFailure?: (issuer: string, error: Error) => void
}

/** A source of keys for each issuer. Fetches nothing until it is asked: see `prefetch`. */
export function createKeyRing ({ issuers, now, onFailure, ...lifetimes }: KeyRingOptions): KeyRing {
  const sources = new Map<unknown, KeySource>(issuers.map(issuer => [issuer, createKeySource({
    issuer, now, ...lifetimes, onFailure: error => onFailure?.(issuer, error)
  })]))
  const all = [...sources.values()]

  function sourceOf (issuer: unknown): KeySource {
    const source = sources.get(issuer)
    if (source === undefined) throw new Refusal(issuerReason(issuer, issuers), { expected: issuers, found: forLog(issuer) })
    return source
  }

  return {
    get: (issuer, kid) => sourceOf(issuer).get(kid),
    pem: (issuer, kid) => sourceOf(issuer).pem(kid),
    isCurrent: (key, time) => sourceOf(key.issuer).isCurrent(key, time),
    get ready () { return all.some(source => source.ready) },
    get state () { return all.map(({ state }) => state) },
    async prefetch () { await Promise.all(all.map(source => source.refresh())) },
    close () { all.forEach(source => source.close()) }
  }
}

function issuerReason (issuer: unknown, issuers: readonly string[]): 'issuer_slash_only' | 'issuer_mismatch' {
  return typeof issuer === 'string' && issuers.includes(`${issuer}/`) ? 'issuer_slash_only' : 'issuer_mismatch'
}
