import { kindOf as callerKind, type CallerKind } from '../../auth/kind.ts'
import { checkClaims, type ClaimPolicy } from '../../auth/claims.ts'
import { decodeJws, type Jws } from '../../auth/jws.ts'
import { placeholderHint } from '../../auth/placeholder.ts'
import type { Reason } from '../../auth/reasons.ts'
import { Refusal } from '../../auth/refusal.ts'

/** The kind of a token, in words. `fault` is the server's reason where this kind is never accepted. */
export interface TokenKind {
  readonly name: string
  readonly fault?: Reason
}

const NAMES: Partial<Record<Reason, string>> = {
  opaque_token: 'an opaque token, which is no JWT',
  jwe_no_audience: 'an encrypted token (JWE), as Auth0 issues it without an audience',
  jwe_unsupported: 'an encrypted token (JWE) of an API that encrypts its tokens',
  malformed: 'no token: not three parts of base64url that hold JSON',
  hs256_token: 'a token signed with HS256, which is a shared secret',
  id_token: 'an ID token',
  other_jwt: 'another kind of JWT, such as a logout token',
  sender_constrained: 'an access token bound to a key of the client (cnf)'
}

/** The kinds of callers, in words. */
export const OWNERS: Readonly<Record<CallerKind, string>> = {
  user: 'a user',
  agent: 'an agent',
  machine: 'a machine',
  autonomous: 'an autonomous agent'
}

/** Names the kind of a text that was given as an access token, by the rules of the server. */
export function kindOf (token: string, policy: ClaimPolicy): TokenKind {
  try {
    const jws = decodeJws(token)
    const fault = jws.header['alg'] === 'HS256' ? 'hs256_token' : claimFault(jws, policy)
    const name = fault && NAMES[fault]
    return name === undefined ? { name: profileOf(jws) } : { name, fault: fault as Reason }
  } catch (error) {
    const { code } = error as Refusal
    return { name: placeholderHint(token).hint === undefined ? NAMES[code] as string : 'a placeholder', fault: code }
  }
}

function claimFault ({ payload }: Jws, policy: ClaimPolicy): Reason | undefined {
  try {
    checkClaims(payload, policy, Date.now())
  } catch (error) {
    return (error as Refusal).code
  }
}

function profileOf ({ header, payload }: Jws): string {
  const { typ } = header
  const isRfc9068 = (typeof typ === 'string' && /^(?:application\/)?at\+jwt$/i.test(typ)) || payload['client_id'] !== undefined
  return `an access token of ${isRfc9068 ? 'RFC 9068\'s' : 'Auth0\'s own'} profile, of ${OWNERS[callerKind(payload)]}`
}
