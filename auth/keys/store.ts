import buildGetJwks from 'get-jwks'
import type { SigningKey } from './set.ts'

/** The checked keys of one issuer, held by get-jwks, which turns a JWK into the PEM that the verifier wants. */
export interface KeyStore {
  /** Holds these keys and no others. */
  fill (keys: readonly SigningKey[]): void
  /** SubjectPublicKeyInfo in PEM of a key that the store holds. Made once for each key. */
  pem (key: SigningKey): Promise<string>
}

const ALGORITHM = 'RS256'
// A key set of 512 KiB holds fewer keys of 2048 bits than this, so that no key pushes out another.
const MAX_KEYS = 1500
// The key source decides how long a key lives; get-jwks must not forget one by itself.
const TTL_MS = Number.MAX_SAFE_INTEGER

/** An empty store. It never fetches: get-jwks has no cooldown, no bound, and does not notice a withdrawn key. */
export function createKeyStore (issuer: string): KeyStore {
  const getJwks = buildGetJwks({ issuersWhitelist: [issuer], max: MAX_KEYS, ttl: TTL_MS, fetchOptions: { signal: AbortSignal.abort() } })
  const pems = new WeakMap<SigningKey, Promise<string>>()
  let held: readonly string[] = []

  return {
    fill (keys) {
      // get-jwks keeps a removed key as stale and would still serve it, so each is deleted from both caches.
      for (const id of held) getJwks.cache.delete(id)
      for (const id of held) getJwks.staleCache.delete(id)
      held = keys.map(({ kid, n, e }) => {
        const id = getJwks.generateCacheKey(ALGORITHM, kid, issuer)
        getJwks.cache.set(id, { kty: 'RSA', kid, n, e, domain: issuer, alg: ALGORITHM })
        return id
      })
    },

    pem (key) {
      const pem = pems.get(key) ?? getJwks.getPublicKey({ domain: issuer, alg: ALGORITHM, kid: key.kid })
      pems.set(key, pem)
      return pem
    }
  }
}
