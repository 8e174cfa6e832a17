import { base64url, createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify, type JWK } from 'jose'

/**
 * The policy on access tokens, written a second time: from the acceptance list and not from the server's code, with
 * `jose` for signatures, issuer, audience and times. Each disagreement is a fault of one of the two.
 */
export interface Policy {
  readonly issuers: ReadonlyMap<string, readonly JWK[]>
  readonly audiences: readonly string[]
  readonly strict: boolean
  readonly tolerance: number
  readonly maxAge: number
  readonly grants: 'any' | 'scope' | 'permissions' | 'all'
  readonly clients?: readonly string[]
  readonly organizations?: readonly string[]
  readonly machines: boolean
}

/** `refused`: 401 invalid_token. `denied`: 403 without a challenge. `scope`: 403 insufficient_scope. */
export type Verdict = 'ok' | 'refused' | 'denied' | 'scope'

type Json = Record<string, unknown>

const MAX_LENGTH = 16 * 1024
const YEAR_9999 = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

/**
 * The verdict on a token.
 * @param needed the scope that the call needs
 * @param now milliseconds since 1970
 */
export async function judge (token: string, policy: Policy, needed: string, now: number): Promise<Verdict> {
  let claims: Json
  try {
    claims = await verified(token, policy, now)
  } catch {
    return 'refused'
  }
  if (!admitted(claims, policy)) return 'denied'
  return granted(claims, policy).includes(needed) ? 'ok' : 'scope'
}

async function verified (token: string, policy: Policy, now: number): Promise<Json> {
  must(token.length <= MAX_LENGTH && token.split('.').length === 3 && token.split('.').every(isCanonical))
  token.split('.').slice(0, 2).forEach(isText)
  const header = decodeProtectedHeader(token) as Json
  must(header['alg'] === 'RS256' && !['crit', 'b64', 'zip', 'cty'].some(name => name in header))
  must(isType(header['typ'], policy.strict))
  const kid = header['kid']
  must(typeof kid === 'string' && isKeyName(kid))

  const { iss } = decodeJwt(token)
  const keys = policy.issuers.get(iss as string) ?? []
  const [key, ...others] = keys.filter(key => key.kid === kid && mayVerify(key))
  // A key may be listed twice; two different keys that a token can mean may not.
  must(key !== undefined && others.every(({ n, e }) => n === key.n && e === key.e))

  const { payload } = await jwtVerify(token, createLocalJWKSet({ keys: [key] }), {
    algorithms: ['RS256'],
    issuer: iss as string,
    audience: [...policy.audiences],
    clockTolerance: policy.tolerance,
    currentDate: new Date(now),
    requiredClaims: ['exp', 'iat', 'sub', 'aud', 'iss']
  })
  checkClaims(payload as Json, policy, now / 1000)
  return payload as Json
}

function checkClaims (claims: Json, { strict, tolerance, maxAge }: Policy, now: number): void {
  const { aud, sub, azp, client_id: client, exp, iat, nbf, act, scope, jti } = claims
  must(!['nonce', 'at_hash', 'c_hash', 'events', 'cnf'].some(name => name in claims))
  must(typeof aud === 'string' || (Array.isArray(aud) && aud.every(isName)))
  must(isName(sub))

  must([azp, client].every(name => name === undefined || isName(name)) && (azp ?? client) !== undefined)
  must(azp === undefined || client === undefined || azp === client)
  must(!strict || (client !== undefined && isName(jti)))

  must(isDate(exp) && isDate(iat) && iat <= exp && iat <= now + tolerance)
  must(nbf === undefined || isDate(nbf))
  must(now - (iat as number) <= maxAge)
  must(scope === undefined || typeof scope === 'string')
  must(act === undefined || actors(act) <= 5)
}

function actors (act: unknown): number {
  must(typeof act === 'object' && act !== null && !Array.isArray(act) && isName((act as Json)['sub']))
  const next = (act as Json)['act']
  return next === undefined ? 1 : 1 + actors(next)
}

function admitted (claims: Json, { clients, organizations, machines }: Policy): boolean {
  const { azp, client_id: id, org_id: organization, gty, sub, sub_profile: profile } = claims
  const client = (azp ?? id) as string
  const signs = [
    (Array.isArray(gty) ? gty : [gty]).some(grant => grant === 'client-credentials'),
    ![undefined, 'user'].includes(profile as undefined),
    [client, client + '@clients'].includes(sub as string)
  ]
  return (clients?.includes(client) ?? true) && (organizations?.includes(organization as string) ?? true) && (machines || !signs.includes(true))
}

function granted ({ scope = '', permissions }: Json, { grants }: Policy): unknown[] {
  const consented: unknown[] = (scope as string).split(' ')
  const assigned: unknown[] = Array.isArray(permissions) ? permissions : []
  if (grants === 'scope') return consented
  if (grants === 'permissions') return assigned
  return grants === 'any' ? [...consented, ...assigned] : consented.filter(one => assigned.includes(one))
}

function isType (typ: unknown, strict: boolean): boolean {
  if (typ === undefined) return !strict
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined
  return type === 'at+jwt' || (!strict && type === 'jwt')
}

function isCanonical (segment: string): boolean {
  return base64url.encode(base64url.decode(segment)) === segment
}

// RFC 7519 §7.2: a UTF-8-encoded representation of a JSON object, which has no byte order mark (RFC 8259 §8.1).
function isText (segment: string): void {
  JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(base64url.decode(segment)))
}

// Half a surrogate pair has a category of its own and is no character.
function isKeyName (kid: string): boolean {
  const characters = [...kid]
  return characters.length >= 1 && characters.length <= 256 && !characters.some(char => /\p{Control}|\p{Surrogate}/u.test(char))
}

/** RFC 7517 §4.2 to §4.4, RFC 7518 §3.3. Nobody issues a key with an exponent under 65537 but to be attacked. */
function mayVerify ({ kty, use = 'sig', alg = 'RS256', key_ops: operations = ['verify'], n = '', e }: JWK): boolean {
  return kty === 'RSA' && use === 'sig' && alg === 'RS256' && operations.includes('verify') && base64url.decode(n).length >= 256 && exponent(e) >= 65537n
}

function exponent (e = ''): bigint {
  return BigInt('0x0' + Buffer.from(e, 'base64url').toString('hex'))
}

function isName (value: unknown): boolean {
  return typeof value === 'string' && value.length <= 1024 && [...value].some(char => !/\s|\p{Control}|\p{Format}/u.test(char))
}

function isDate (value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= YEAR_9999
}

function must (holds: boolean): asserts holds {
  if (!holds) throw new Error('refused')
}
