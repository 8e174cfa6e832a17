import type { Claims } from './claims.ts'
import { shared, sharedText } from './shared.ts'

/** Where a permission may stand in a token: see `SCOPE_CLAIMS`. */
export type ScopeClaims = 'any' | 'scope' | 'permissions' | 'all'

/** What a token permits. */
export interface Grants {
  /** The words of `scope`. */
  readonly scopes: readonly string[]
  /** Auth0's `permissions` (RBAC): not limited by what the user consented to. */
  readonly permissions: readonly string[]
  /** The granted permissions, by the `SCOPE_CLAIMS` policy. */
  readonly granted: readonly string[]
}

const NONE: readonly string[] = Object.freeze([])
const scopesIn = shared<readonly string[]>(text => Object.freeze(words(text)))

/** Reads what a token permits. The lists are frozen, and tokens with the same `scope` share the list of it. */
export function grantsOf (claims: Claims, scopeClaims: ScopeClaims): Grants {
  const scopes = typeof claims['scope'] === 'string' ? scopesIn(claims['scope']) : NONE
  const permissions = Object.freeze(strings(claims['permissions']))
  return { scopes, permissions, granted: Object.freeze(grantedBy(scopeClaims, scopes, permissions)) }
}

function grantedBy (scopeClaims: ScopeClaims, scopes: readonly string[], permissions: readonly string[]): readonly string[] {
  switch (scopeClaims) {
    case 'any': return [...scopes, ...permissions]
    case 'scope': return scopes
    case 'permissions': return permissions
    case 'all': return scopes.filter(scope => permissions.includes(scope))
  }
}

/**
 * The words of a claim such as `scope`. Only a space separates them (RFC 6749 §3.3); a tab is part of a word, which then
 * matches nothing.
 */
export function words (claim: unknown): string[] {
  return typeof claim === 'string' ? claim.split(' ').filter(word => word !== '') : []
}

// Auth0 writes an array of strings. Any other value grants nothing.
function strings (permissions: unknown): string[] {
  return Array.isArray(permissions) ? permissions.filter(item => typeof item === 'string').map(sharedText) : []
}
