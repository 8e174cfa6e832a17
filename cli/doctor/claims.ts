import { checkClaims, type ClaimPolicy, type Claims } from '../../auth/claims.ts'
import type { Reason } from '../../auth/reasons.ts'
import type { Refusal } from '../../auth/refusal.ts'

/** Every fault that the server finds in the claims, not only the first one, and the claims without these faults. */
export interface ClaimVerdicts {
  readonly refusals: readonly Refusal[]
  readonly claims: Claims
}

/** Stands in for a subject, a client or an id. */
const NAME = 'repaired'
/** Seconds. */
const LIFETIME = 60

/**
 * Runs the server's check of the claims. After a refusal, the claim at fault is repaired and the check runs again, so
 * that the next fault shows too.
 */
export function checkEachClaim (payload: Claims, policy: ClaimPolicy): ClaimVerdicts {
  const refusals: Refusal[] = []
  let claims = payload
  for (;;) {
    try {
      checkClaims(claims, policy, Date.now())
      return { refusals, claims }
    } catch (error) {
      const { code } = error as Refusal
      refusals.push(error as Refusal)
      claims = repaired(claims, code, policy)
    }
  }
}

function repaired (claims: Claims, code: Reason, { audiences }: ClaimPolicy): Claims {
  const now = Math.floor(Date.now() / 1000)
  switch (code) {
    case 'id_token': return { ...without(claims, 'nonce', 'at_hash', 'c_hash'), aud: audiences[0], azp: claims['azp'] ?? claims['client_id'] ?? NAME }
    case 'other_jwt': return without(claims, 'events')
    case 'sender_constrained': return without(claims, 'cnf')
    case 'audience_missing':
    case 'audience_mismatch':
    case 'audience_slash_only': return { ...claims, aud: audiences[0] }
    case 'subject': return { ...claims, sub: NAME }
    case 'client':
    case 'client_mismatch': return { ...without(claims, 'azp'), client_id: NAME }
    case 'scope_claim': return without(claims, 'scope')
    case 'token_id': return { ...claims, jti: NAME }
    case 'actor': return without(claims, 'act')
    // Every other reason is about the times.
    default: return { ...without(claims, 'nbf'), iat: now, exp: now + LIFETIME }
  }
}

function without (claims: Claims, ...names: readonly string[]): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)))
}
