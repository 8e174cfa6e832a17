import { createKeySource, type KeyLifetimes, type KeySource } from './keys.ts'
import type { SigningKey } from './key-set.ts'
import { Refusal, shown } from './refusal.ts'

/** The key sources of all accepted issuers. A key of one issuer is never looked for at another. */
export interface KeyRing {
  /**
   * The key that an issuer names `kid`. Until the signature is verified, the issuer is only a claim: it is
   * compared with the configured ones, never asked for. Never throws, never rejects: that a key cannot be had is an
   * answer like any other, and to throw it would cost more than to find it out.
   */
  get (issuer: unknown, kid: string): SigningKey | Refusal | Promise<SigningKey | Refusal>
  /** Whether the keys of some issuer are at hand: one that is down must not take the others' callers with it. */
  readonly ready: boolean
  /** Fetches all keys. Never rejects. */
  prefetch (): Promise<void>
  close (): void
}

export interface KeyRingOptions extends KeyLifetimes {
  readonly issuers: readonly string[]
  readonly now: () => number
  readonly onFailure?: (issuer: string, error: Error) => void
}

/** A source of keys for each issuer. Fetches nothing until it is asked: see `prefetch`. */
export function createKeyRing ({ issuers, now, onFailure, ...lifetimes }: KeyRingOptions): KeyRing {
  const sources = new Map<unknown, KeySource>(issuers.map(issuer => [issuer, createKeySource({
    issuer, now, ...lifetimes, onFailure: error => onFailure?.(issuer, error)
  })]))
  const all = [...sources.values()]

  return {
    get (issuer, kid) {
      const source = sources.get(issuer)
      if (source === undefined) return new Refusal(issuerReason(issuer, issuers), { expected: issuers, found: shown(issuer) })
      return source.get(kid)
    },
    get ready () { return all.some(source => source.ready) },
    async prefetch () { await Promise.all(all.map(source => source.refresh())) },
    close () { all.forEach(source => source.close()) }
  }
}

function issuerReason (issuer: unknown, issuers: readonly string[]): 'issuer_slash_only' | 'issuer_mismatch' {
  return typeof issuer === 'string' && issuers.includes(`${issuer}/`) ? 'issuer_slash_only' : 'issuer_mismatch'
}
