import { maxHeaderSize } from 'node:http'
import { checkAccess } from '../../auth/access.ts'
import { bearerToken } from '../../auth/bearer.ts'
import { toCaller } from '../../auth/caller.ts'
import type { Claims } from '../../auth/claims.ts'
import { checkHeader, decodeJws } from '../../auth/jws.ts'
import { createKeyRing, type KeyRing } from '../../auth/keys/ring.ts'
import type { Reason } from '../../auth/reasons.ts'
import { Refusal } from '../../auth/refusal.ts'
import type { Config } from '../../config.ts'
import { bad, good, inWords, type Check, type CheckId } from './check.ts'
import { checkEachClaim } from './claims.ts'
import { usualCauseOf } from './usual-causes.ts'
import { serverVerdict } from './server-verdict.ts'
import { kindOf } from './token-kind.ts'

const EXPECTED = 'a signed access token (JWT) of Auth0\'s own profile or of RFC 9068\'s'

/** Faults of claims without which the caller is unknown. */
const NO_CALLER = new Set<Reason>(['id_token', 'other_jwt', 'subject', 'client', 'client_mismatch', 'actor'])

/**
 * Shows the kind of a token and the result of each check of the server, also after the first fault. The token is not
 * sent anywhere, and no result holds it; only the keys of the configured issuers are fetched.
 *
 * @param text the token, also with "Bearer" or a whole header line in front
 * @param scopes the scopes that the tools need
 */
export async function checkToken (text: string, config: Config, scopes: readonly string[]): Promise<Check[]> {
  const token = plainToken(text)
  let failure = ''
  const keys = createKeyRing({ issuers: config.issuers, now: Date.now, ...config.keys, onFailure: (_issuer, error) => { failure = error.message } })
  try {
    return await verdicts(token, config, scopes, keys, () => failure)
  } finally {
    keys.close()
  }
}

/** The token alone, of a text that may have "Bearer" or a whole header line in front of it. */
export function plainToken (text: string): string {
  return text.trim().replace(/^(?:authorization:\s*)?bearer\s+/i, '')
}

async function verdicts (token: string, config: Config, scopes: readonly string[], keys: KeyRing, failure: () => string): Promise<Check[]> {
  const kind = kindOf(token, config.claims)
  const checks: Check[] = []
  /** Reasons whose usual cause is in an earlier result. */
  const explained = new Set<Reason>()

  if (token !== '') {
    if (kind.fault === undefined) checks.push(good('token-kind', 'kind of token', kind.name))
    else checks.push(bad('token-kind', 'kind of token', kind.name, EXPECTED, usualCauseOf(kind.fault)))
    if (kind.fault !== undefined) explained.add(kind.fault)
  }

  /** Runs a check of the server, and notes its verdict. */
  async function step<T> (id: CheckId, title: string, check: () => T | Promise<T>, found: (result: T) => string): Promise<T | undefined> {
    try {
      const result = await check()
      checks.push(good(id, title, found(result)))
      return result
    } catch (error) {
      checks.push(refused(id, title, error as Refusal, failure()))
    }
  }

  function refused (id: CheckId, title: string, refusal: Refusal, failure: string): Check {
    const { code, detail: { found, expected }, hint } = refusal
    const cause = explained.has(code) ? '' : usualCauseOf(code)
    explained.add(code)
    const detail = found === undefined ? (code === 'keys_unavailable' && failure ? `: ${failure}` : '') : `: ${inWords(found)}`
    return bad(id, title, `${code}${detail}`, expected === undefined ? 'a token without this fault' : inWords(expected), `${hint}. ${cause}`.trim())
  }

  if (await step('token-bearer', 'one token in the header', () => bearerToken(`Bearer ${token}`, '/', maxHeaderSize), () => `${token.length} characters`) === undefined) return checks
  const jws = await step('token-form', 'form of a JWT', () => decodeJws(token), () => 'three parts that hold JSON')
  if (jws === undefined) return checks

  const { payload } = jws
  const kid = await step('token-header', 'header', () => checkHeader(jws, config.claims.tokenProfile), kid => `RS256, key ${inWords(kid)}`)
  const key = kid === undefined ? undefined : await step('token-key', 'issuer and key', () => keys.get(payload['iss'], kid), key => `${key.issuer} lists the key`)
  if (key !== undefined) {
    const verdict = await serverVerdict(token, config, keys)
    await step('token-signature', 'signature', () => { if (verdict?.code === 'bad_signature') throw verdict }, () => 'made with that key')
  }
  const { claims, refusals } = checkEachClaim(payload, config.claims)
  for (const refusal of refusals) checks.push(refused('token-claims', 'claims', refusal, ''))
  if (refusals.length === 0) checks.push(good('token-claims', 'claims', summary(jws)))

  if (refusals.some(({ code }) => NO_CALLER.has(code))) return checks
  // An earlier check was about the issuer, which may be of any type here.
  const caller = toCaller({ ...claims, iss: config.issuers[0] }, config.scopeClaims)
  await step('token-admission', 'admission', () => checkAccess(caller, config.access), () => `client ${inWords(caller.clientId)} may call`)
  await step('token-scopes', 'scopes of the tools', () => {
    const missing = scopes.filter(scope => !caller.granted.includes(scope))
    if (missing.length > 0) throw new Refusal('insufficient_scope', { found: caller.granted, expected: missing })
  }, () => scopes.join(' '))
  return checks
}

function summary ({ payload }: { readonly payload: Claims }): string {
  const { aud, exp } = payload as { aud: unknown, exp: number }
  return `audience ${inWords(aud)}, valid until ${new Date(exp * 1000).toISOString()}`
}
