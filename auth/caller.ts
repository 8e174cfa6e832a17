/** Where a permission may stand in a token: see `SCOPE_CLAIMS`. */
export type ScopeClaims = 'any' | 'scope' | 'permissions' | 'all'

/** Who calls, as a verified access token says it. Immutable: one object serves all requests with the same token. */
export interface Caller {
  /** `sub`: free text, never to be taken apart. */
  readonly subject: string
  /** `azp` or `client_id`: the application. */
  readonly clientId: string
  readonly issuer: string
  readonly audience: readonly string[]
  /** The words of `scope`. */
  readonly scopes: readonly string[]
  /** Auth0's `permissions` (RBAC): not limited by what the user consented to. */
  readonly permissions: readonly string[]
  /** What counts as granted, by the policy on where a permission may stand. */
  readonly granted: readonly string[]
  /** A user, a machine (client credentials), or an agent that acts for somebody (`act`). */
  readonly kind: 'user' | 'machine' | 'agent'
  /** Who acts for the subject: `act.sub`. */
  readonly actor?: string
  readonly organization?: { readonly id: string, readonly name?: string }
  /** `iat`, in seconds since 1970. */
  readonly issuedAt: number
  /** `exp`, in seconds since 1970. */
  readonly expiresAt: number
}

/** Claims as they came, of a token whose signature is verified. */
export type Claims = Readonly<Record<string, unknown>>

/** Turns checked claims into a caller. Only call it on what `checkClaims` let through. */
export function toCaller (claims: Claims, scopeClaims: ScopeClaims): Caller {
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
    kind: isMachine(claims) ? 'machine' : act !== undefined ? 'agent' : 'user',
    ...(act !== undefined && { actor: (act as { sub: string }).sub }),
    ...(typeof orgId === 'string' && {
      organization: Object.freeze({ id: orgId, ...(typeof orgName === 'string' && { name: orgName }) })
    }),
    issuedAt: iat as number,
    expiresAt: exp as number
  })
}

/**
 * Whether a token was issued to an application for itself. A subject is free text, so the ending `@clients` says
 * nothing by itself; Auth0 writes `<client_id>@clients`, RFC 9068 the client's own id.
 */
export function isMachine ({ sub, azp, client_id: clientId, gty, sub_profile: profile }: Claims): boolean {
  const client = azp ?? clientId
  if (typeof profile === 'string') return !profile.split(' ').includes('user')
  return (Array.isArray(gty) ? gty : [gty]).includes('client-credentials') || sub === `${client}@clients` || sub === client
}

function grants (scopes: readonly string[], permissions: readonly string[], scopeClaims: ScopeClaims): readonly string[] {
  switch (scopeClaims) {
    case 'any': return [...scopes, ...permissions]
    case 'scope': return scopes
    case 'permissions': return permissions
    case 'all': return scopes.filter(scope => permissions.includes(scope))
  }
}

// Only a space divides (RFC 6749 §3.3); a tab is part of a word and so matches nothing.
function words (scope: unknown): string[] {
  return typeof scope === 'string' ? scope.split(' ').filter(word => word !== '') : []
}

// Whatever is not an array of strings is not Auth0's and grants nothing.
function strings (permissions: unknown): string[] {
  return Array.isArray(permissions) ? permissions.filter(item => typeof item === 'string') : []
}
