import { createPublicKey, type JsonWebKey } from 'node:crypto'
import buildGetJwks from 'get-jwks'

/** A public key of an issuer that may verify RS256 signatures. The same object for as long as the key is the same. */
export interface SigningKey {
  readonly kid: string
  /** SubjectPublicKeyInfo in PEM. */
  readonly pem: string
}

/** An issuer's keys by `kid`: a usable key, or the fault that makes it unusable. */
export type KeySet = ReadonlyMap<string, SigningKey | string>

const MIN_BITS = 2048
// More than OpenSSL verifies with.
const MAX_BITS = 16_384
const ALGORITHM = 'RS256'

/**
 * Checks every key of a JWK set (RFC 7517 §4, RFC 7518 §6.3). A key without a `kid` cannot be named and is left out;
 * one that may not verify stands with its fault, so that a token that names it is refused without a new fetch.
 *
 * @param known the set before this one; a key that has not changed stays the same object
 */
export async function readKeySet (issuer: string, keys: readonly unknown[], known: KeySet): Promise<KeySet> {
  const set = new Map<string, SigningKey | string>()
  for (const jwk of keys.filter(isNamed)) {
    set.set(jwk.kid, set.has(jwk.kid) ? 'several keys have this kid' : fault(jwk) ?? await signingKey(issuer, jwk, known))
  }
  return set
}

// get-jwks holds the key and turns it into PEM. It is fed with what was fetched and checked here, and its own
// fetch is barred: it has no timeout, no cooldown and no way to notice that a key was withdrawn.
async function signingKey (issuer: string, { kid, kty, n, e }: NamedKey, known: KeySet): Promise<SigningKey> {
  const store = buildGetJwks({ issuersWhitelist: [issuer], fetchOptions: { signal: AbortSignal.abort() } })
  store.cache.set(store.generateCacheKey(ALGORITHM, kid, issuer), { kid, kty, n, e, domain: issuer, alg: ALGORITHM })
  const pem = await store.getPublicKey({ domain: issuer, alg: ALGORITHM, kid })

  const before = known.get(kid)
  return typeof before === 'object' && before.pem === pem ? before : Object.freeze({ kid, pem })
}

function fault ({ kty, use, alg, key_ops: operations, ...jwk }: NamedKey): string | undefined {
  if (kty !== 'RSA') return 'not an RSA key'
  if (use !== undefined && use !== 'sig') return 'not for signatures'
  if (alg !== undefined && alg !== ALGORITHM) return `not for ${ALGORITHM}`
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return 'not for verifying'
  try {
    const { modulusLength, publicExponent } = createPublicKey({ key: { kty, n: jwk.n, e: jwk.e } as JsonWebKey, format: 'jwk' }).asymmetricKeyDetails as { modulusLength: number, publicExponent: bigint }
    if (modulusLength < MIN_BITS) return `shorter than ${MIN_BITS} bits`
    if (modulusLength > MAX_BITS) return `longer than ${MAX_BITS} bits`
    if (publicExponent < 65537n) return 'a public exponent under 65537'
  } catch {
    return 'not a valid key'
  }
}

interface NamedKey extends Readonly<Record<string, unknown>> {
  readonly kid: string
}

function isNamed (value: unknown): value is NamedKey {
  return typeof value === 'object' && value !== null && typeof (value as { kid?: unknown }).kid === 'string'
}
