import type { ClaimPolicy, Claims } from './claims.ts'

/** The time in which a verdict holds, in milliseconds since 1970: from `from` to before `until`. */
export interface Validity {
  readonly from: number
  readonly until: number
}

/** When a token that passed may be accepted without a new check. */
export function validity (claims: Claims, { clockTolerance, maxTokenAge }: ClaimPolicy): Validity {
  const { exp, iat, nbf = iat } = claims as Record<'exp' | 'iat', number> & { nbf?: number }
  return {
    from: 1000 * (Math.max(iat, nbf) - clockTolerance),
    until: 1000 * Math.min(exp + clockTolerance, iat + maxTokenAge)
  }
}
