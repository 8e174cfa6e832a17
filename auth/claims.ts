import { isDate } from './date.ts'
import { isObject, type TokenProfile } from './jws.ts'
import { forLog, Refusal } from './refusal.ts'

/** The unchecked claims of a token whose signature is verified. */
export type Claims = Readonly<Record<string, unknown>>

/** What a token's claims are checked against. */
export interface ClaimPolicy {
  /** Accepted API identifiers, byte for byte. */
  readonly audiences: readonly string[]
  readonly tokenProfile: TokenProfile
  /** Seconds of clock skew tolerated. */
  readonly clockTolerance: number
  /** Seconds since `iat` after which a token is refused although it has not expired. */
  readonly maxTokenAge: number
}

/** Longest subject, client, audience or `jti`, in characters. */
const MAX_NAME_LENGTH = 1024
// A name needs one character that is not white space, control or format.
const VISIBLE = /[^\s\p{Cc}\p{Cf}]/u
/** As many actors as Auth0 nests. */
const MAX_ACTORS = 5
const ID_TOKEN_ONLY = ['nonce', 'at_hash', 'c_hash'] as const

/**
 * Checks every claim of an access token (RFC 7519 §4.1, RFC 9068 §2.2 and §4, Auth0's access token profiles). The
 * issuer is not checked here: it was compared when it chose the key. An absent claim is a refusal, never a check that
 * is skipped.
 *
 * @param now milliseconds since 1970
 * @throws Refusal
 */
export function checkClaims (claims: Claims, policy: ClaimPolicy, now: number): void {
  checkKind(claims)
  checkAudience(claims, policy.audiences)
  checkSubject(claims)
  checkClient(claims, policy.tokenProfile)
  checkTimes(claims, policy, now / 1000)
  checkActor(claims['act'])
  if (claims['scope'] !== undefined && typeof claims['scope'] !== 'string') throw new Refusal('scope_claim')
  if (policy.tokenProfile === 'rfc9068' && !isName(claims['jti'])) throw new Refusal('token_id')
}

// Explicit typing by content, since Auth0's own profile shares `typ: JWT` with ID tokens (RFC 8725 §3.12).
function checkKind (claims: Claims): void {
  for (const name of ID_TOKEN_ONLY) {
    if (Object.hasOwn(claims, name)) throw new Refusal('id_token')
  }
  if (Object.hasOwn(claims, 'events')) throw new Refusal('other_jwt', { found: 'events' })
  // Bound to a key that a plain Bearer request does not prove (RFC 7800, RFC 9449 §7.2, RFC 8705 §3).
  if (Object.hasOwn(claims, 'cnf')) throw new Refusal('sender_constrained')
}

function checkAudience (claims: Claims, audiences: readonly string[]): void {
  const { aud, azp, client_id: clientId } = claims
  const found: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (aud === undefined || found.length === 0) throw new Refusal('audience_missing', { expected: audiences })
  if (found.every(isName) && found.some(value => audiences.includes(value))) return

  const isIdToken = azp === undefined && clientId === undefined && claims['scope'] === undefined
  if (isIdToken || aud === azp) throw new Refusal('id_token', { expected: audiences, found: forLog(aud) })
  const slashOnly = found.some(value => audiences.some(audience => audience !== value && unslashed(audience) === unslashed(value)))
  throw new Refusal(slashOnly ? 'audience_slash_only' : 'audience_mismatch', { expected: audiences, found: forLog(aud) })
}

function checkSubject ({ sub }: Claims): void {
  if (!isName(sub)) throw new Refusal('subject', { found: forLog(sub) })
}

function checkClient ({ azp, client_id: clientId }: Claims, profile: TokenProfile): void {
  const names = [azp, clientId].filter(name => name !== undefined)
  if (names.length === 0 || !names.every(isName)) throw new Refusal('client')
  if (profile === 'rfc9068' && clientId === undefined) throw new Refusal('client', { expected: 'client_id' })
  if (names.length === 2 && azp !== clientId) throw new Refusal('client_mismatch', { found: forLog(names) })
}

function checkTimes ({ exp, iat, nbf }: Claims, policy: ClaimPolicy, now: number): void {
  const { clockTolerance, maxTokenAge } = policy
  if (!isDate(exp)) throw new Refusal('expiry', { found: forLog(exp) })
  if (!isDate(iat)) throw new Refusal('issued_at', { found: forLog(iat) })
  if (iat > exp) throw new Refusal('issued_at', { found: [iat, exp] })
  if (now >= exp + clockTolerance) throw new Refusal('expired', { found: exp, expected: Math.floor(now) })
  if (iat > now + clockTolerance) throw new Refusal('issued_in_future', { found: iat, expected: Math.floor(now) })
  if (nbf !== undefined && !(isDate(nbf) && nbf <= now + clockTolerance)) {
    throw new Refusal('not_yet_valid', { found: forLog(nbf), expected: Math.floor(now) })
  }
  if (now - iat > maxTokenAge) throw new Refusal('too_old', { found: iat, expected: maxTokenAge })
}

// The chain of actors of a delegated token (RFC 8693 §4.1).
function checkActor (act: unknown): void {
  for (let depth = 1, actor = act; actor !== undefined; depth++) {
    if (depth > MAX_ACTORS || !isObject(actor) || !isName(actor['sub'])) throw new Refusal('actor')
    actor = actor['act']
  }
}

function isName (value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_NAME_LENGTH && VISIBLE.test(value)
}

function unslashed (value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\/$/, '') : undefined
}
