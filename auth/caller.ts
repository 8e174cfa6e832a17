import { isDate } from './date.ts'
import { pickClaims, type CallerClaims } from './named-claims.ts'

/** Where a permission may stand in a token: see `SCOPE_CLAIMS`. */
export type ScopeClaims = 'any' | 'scope' | 'permissions' | 'all'

/** The caller, from a verified access token. Immutable: one object serves all requests with the same token. */
export interface Caller {
  /** `sub`: free text; do not parse it. */
  readonly subject: string
  /** `azp` or `client_id`: the application. */
  readonly clientId: string
  readonly issuer: string
  readonly audience: readonly string[]
  /** The words of `scope`. */
  readonly scopes: readonly string[]
  /** Auth0's `permissions` (RBAC): not limited by what the user consented to. */
  readonly permissions: readonly string[]
  /** The granted permissions, by the `SCOPE_CLAIMS` policy. */
  readonly granted: readonly string[]
  /**
   * A user, an agent that acts for somebody (`act`), a machine (client credentials), or a machine that is an AI agent
   * by its profile. Neither of the last two has a user.
   */
  readonly kind: 'user' | 'agent' | 'machine' | 'autonomous'
  /** Who acts for the subject: `act.sub`. */
  readonly actor?: string
  /** The whole chain of actors (RFC 8693 §4.1), the present one first. */
  readonly actors?: readonly string[]
  /** The words of `client_profile`: what the application is, such as `ai_agent`. */
  readonly clientProfile?: readonly string[]
  readonly organization?: { readonly id: string, readonly name?: string }
  /** `iat`, in seconds since 1970. */
  readonly issuedAt: number
  /** `exp`, in seconds since 1970. */
  readonly expiresAt: number
  /** `auth_time`: when the user logged in, in seconds since 1970. */
  readonly authenticatedAt?: number
  /** `acr`: how the user logged in, such as with multi-factor authentication. */
  readonly acr?: string
  /** The claims that `CALLER_CLAIMS` names and the token has. */
  readonly claims: CallerClaims
}

/** Longest profile and `acr`, in characters. */
const MAX_TEXT = 1024

/** The unchecked claims of a token whose signature is verified. */
export type Claims = Readonly<Record<string, unknown>>

/**
 * Turns claims into a caller. Call it only with claims that passed `checkClaims`.
 * @param named the claims that tools may see as they are. Default: none
 */
export function toCaller (claims: Claims, scopeClaims: ScopeClaims, named: readonly string[] = []): Caller {
  const { sub, azp, client_id: clientId, iss, aud, act, iat, exp, org_id: orgId, org_name: orgName } = claims
  const scopes = Object.freeze(words(claims['scope']))
  const permissions = Object.freeze(strings(claims['permissions']))

  return Object.freeze({
    subject: sub as string,
    clientId: (azp ?? clientId) as string,
    issuer: iss as string,
    audience: Object.freeze(Array.isArray(aud) ? aud as string[] : [aud as string]),
    scopes,
    permissions,
    granted: Object.freeze(grants(scopes, permissions, scopeClaims)),
    kind: kindOf(claims),
    ...(act !== undefined && { actor: (act as Actor).sub, actors: Object.freeze(chain(act as Actor)) }),
    ...login(claims),
    ...(typeof orgId === 'string' && {
      organization: Object.freeze({ id: orgId, ...(typeof orgName === 'string' && { name: orgName }) })
    }),
    issuedAt: iat as number,
    expiresAt: exp as number,
    claims: pickClaims(claims, named)
  })
}

function kindOf (claims: Claims): Caller['kind'] {
  if (!isMachine(claims)) return claims['act'] === undefined ? 'user' : 'agent'
  const profiles = [...words(claims['sub_profile']), ...words(claims['client_profile'])]
  return profiles.includes('ai_agent') ? 'autonomous' : 'machine'
}

// Nothing is decided by these here, so a value of another type counts as absent.
function login ({ client_profile: profile, auth_time: time, acr }: Claims): Pick<Caller, 'clientProfile' | 'authenticatedAt' | 'acr'> {
  return {
    ...(isText(profile) && { clientProfile: Object.freeze(words(profile)) }),
    ...(isDate(time) && { authenticatedAt: time }),
    ...(isText(acr) && { acr })
  }
}

function isText (value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT
}

/**
 * Whether a token was issued to an application for itself. One sign is enough: a grant of client credentials, a profile
 * other than `user`, or a subject that is the client: `<client_id>@clients` at Auth0, the client's own id in RFC 9068.
 * The ending `@clients` alone is no sign, since a subject is free text.
 */
export function isMachine ({ sub, azp, client_id: clientId, gty, sub_profile: profile }: Claims): boolean {
  const client = azp ?? clientId
  return [gty].flat().includes('client-credentials') ||
    (profile !== undefined && profile !== 'user') ||
    sub === `${client}@clients` || sub === client
}

function grants (scopes: readonly string[], permissions: readonly string[], scopeClaims: ScopeClaims): readonly string[] {
  switch (scopeClaims) {
    case 'any': return [...scopes, ...permissions]
    case 'scope': return scopes
    case 'permissions': return permissions
    case 'all': return scopes.filter(scope => permissions.includes(scope))
  }
}

interface Actor {
  readonly sub: string
  readonly act?: Actor
}

function chain ({ sub, act }: Actor): string[] {
  return act === undefined ? [sub] : [sub, ...chain(act)]
}

// Only a space separates scopes (RFC 6749 §3.3); a tab is part of a word, which then matches nothing.
function words (scope: unknown): string[] {
  return typeof scope === 'string' ? scope.split(' ').filter(word => word !== '') : []
}

// Auth0 writes an array of strings. Any other value grants nothing.
function strings (permissions: unknown): string[] {
  return Array.isArray(permissions) ? permissions.filter(item => typeof item === 'string') : []
}
