import type { Claims } from './claims.ts'
import { words } from './grants.ts'

/**
 * A user, an agent that acts for somebody (`act`), a machine (client credentials), or a machine that is an AI agent by
 * its profile. Neither of the last two has a user.
 */
export type CallerKind = 'user' | 'agent' | 'machine' | 'autonomous'

/** The kind of caller that a token was issued to. */
export function kindOf (claims: Claims): CallerKind {
  if (!isMachine(claims)) return claims['act'] === undefined ? 'user' : 'agent'
  const profiles = [...words(claims['sub_profile']), ...words(claims['client_profile'])]
  return profiles.includes('ai_agent') ? 'autonomous' : 'machine'
}

/** Whether a user stands behind a caller. An API cannot be called on behalf of anybody else. */
export function hasUser (kind: CallerKind): boolean {
  return kind !== 'machine' && kind !== 'autonomous'
}

/**
 * Whether a token was issued to an application for itself. One sign is enough: a grant of client credentials, a profile
 * other than `user`, or a subject that is the client: `<client_id>@clients` at Auth0, the client's own id in RFC 9068.
 * The ending `@clients` alone is no sign, since a subject is free text.
 */
export function isMachine ({ sub, azp, client_id: clientId, gty, sub_profile: profile }: Claims): boolean {
  const client = azp ?? clientId
  return isGrantOfClient(gty) ||
    (profile !== undefined && profile !== 'user') ||
    (typeof client === 'string' && (sub === `${client}@clients` || sub === client))
}

function isGrantOfClient (gty: unknown): boolean {
  return gty === 'client-credentials' || (Array.isArray(gty) && gty.includes('client-credentials'))
}
