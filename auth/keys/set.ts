import { createPublicKey, type JsonWebKey } from 'node:crypto'
import { isKeyId, isObject } from '../jws.ts'
import { Refusal } from '../refusal.ts'

/** A public RSA key that may verify RS256 signatures. The same object for as long as the issuer lists the same key. */
export interface SigningKey {
  readonly issuer: string
  readonly kid: string
  /** Modulus and exponent in base64url (RFC 7518 §6.3.1). */
  readonly n: string
  readonly e: string
}

/** An issuer's keys by `kid`: a usable key, or the fault that makes it unusable. */
export type KeySet = ReadonlyMap<string, SigningKey | string>

// RFC 7518 §3.3.
const MIN_BITS = 2048
// OpenSSL refuses to verify with a longer key.
const MAX_BITS = 16_384
const MIN_EXPONENT = 65537n
/** Most faults in a log line. */
const MAX_FAULTS = 8

/** The fault of a `kid` that names two or more different usable keys. */
const SEVERAL_KEYS = 'several different keys have this kid'
const SEVERAL_KEYS_HINT = 'Several different keys in the key set have this kid, so that nobody can tell which one is meant; the issuer must rename one'

/**
 * Checks every key of a JWK set (RFC 7517 §4, RFC 7518 §6.3). A key without a usable `kid` cannot be named and is left
 * out. If several keys have one `kid`, those that may not verify do not count, since no token can mean them. An unusable
 * `kid` keeps its place with its fault, so that a token that names it is refused without a new fetch.
 *
 * @param known the set before this one; a key that has not changed stays the same object
 */
export function readKeySet (issuer: string, keys: readonly unknown[], known: KeySet): KeySet {
  const set = new Map<string, SigningKey | string>()
  for (const jwk of keys.filter(isNamed)) {
    const [before, key] = [set.get(jwk.kid), signingKey(issuer, jwk, known)]
    set.set(jwk.kid, before === undefined ? key : chooseKey(before, key))
  }
  return set
}

/**
 * The key of this id; undefined if the set has none.
 * @throws Refusal `key_unusable` if it may not verify
 */
export function findKey (set: KeySet, kid: string): SigningKey | undefined {
  const key = set.get(kid)
  if (typeof key === 'string') throw new Refusal('key_unusable', { found: key, ...(key === SEVERAL_KEYS && { hint: SEVERAL_KEYS_HINT }) })
  return key
}

/** The keys that may verify. */
export function usableKeys (set: KeySet): SigningKey[] {
  return [...set.values()].filter(key => typeof key !== 'string')
}

/** Each `kid` with its fault, for a log line. */
export function faultsOf (set: KeySet): string {
  const list = [...set].slice(0, MAX_FAULTS).map(([kid, fault]) => `${JSON.stringify(kid)}: ${fault}`)
  if (set.size > MAX_FAULTS) list.push(`and ${set.size - MAX_FAULTS} more`)
  return list.join('; ') || 'no key has a kid'
}

/** The entry of a `kid` that is listed twice. */
function chooseKey (one: SigningKey | string, other: SigningKey | string): SigningKey | string {
  if (one === SEVERAL_KEYS) return one
  if (typeof one === 'string') return other
  if (typeof other === 'string' || isSame(one, other)) return one
  return SEVERAL_KEYS
}

function signingKey (issuer: string, jwk: NamedKey, known: KeySet): SigningKey | string {
  const { kid, kty, use, alg, key_ops: operations } = jwk
  if (kty !== 'RSA') return 'not an RSA key'
  if (use !== undefined && use !== 'sig') return 'not for signatures'
  if (alg !== undefined && alg !== 'RS256') return 'not for RS256'
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return 'not for verifying'
  try {
    const key = createPublicKey({ key: { kty, n: jwk['n'], e: jwk['e'] } as JsonWebKey, format: 'jwk' })
    const { modulusLength, publicExponent } = key.asymmetricKeyDetails as { modulusLength: number, publicExponent: bigint }
    if (modulusLength < MIN_BITS) return `shorter than ${MIN_BITS} bits`
    if (modulusLength > MAX_BITS) return `longer than ${MAX_BITS} bits`
    if (publicExponent < MIN_EXPONENT) return `a public exponent under ${MIN_EXPONENT}`
    // Written by Node, so that the same key always has the same text.
    const { n, e } = key.export({ format: 'jwk' }) as { n: string, e: string }
    const [before, now] = [known.get(kid), Object.freeze({ issuer, kid, n, e })]
    return typeof before === 'object' && isSame(before, now) ? before : now
  } catch {
    return 'not a valid key'
  }
}

function isSame (one: SigningKey, other: SigningKey): boolean {
  return one.n === other.n && one.e === other.e
}

interface NamedKey extends Readonly<Record<string, unknown>> {
  readonly kid: string
}

function isNamed (value: unknown): value is NamedKey {
  return isObject(value) && isKeyId(value['kid'])
}
