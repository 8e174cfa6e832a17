import { hash } from 'node:crypto'
import type { Claims } from './claims.ts'
import { isDate } from './date.ts'
import { grantsOf, words, type Grants, type ScopeClaims } from './grants.ts'
import { kindOf, type CallerKind } from './kind.ts'
import { pickClaims, type CallerClaims } from './named-claims.ts'
import { sharedText } from './shared.ts'

/** The caller, from a verified access token. Immutable: one object serves all requests with the same token. */
export interface Caller extends Grants {
  /** `sub`: free text; do not parse it. */
  readonly subject: string
  /** `azp` or `client_id`: the application. */
  readonly clientId: string
  readonly issuer: string
  readonly audience: readonly string[]
  readonly kind: CallerKind
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
  /** A digest of issuer, subject and client, which no other caller has. */
  readonly key: string
  /** The claims that `CALLER_CLAIMS` names and the token has. */
  readonly claims: CallerClaims
}

/** Longest profile and `acr`, in characters. */
const MAX_TEXT = 1024

/**
 * Turns claims into a caller. Call it only with claims that passed `checkClaims`.
 * @param named the claims that tools may see as they are. Default: none
 */
export function toCaller (claims: Claims, scopeClaims: ScopeClaims, named: readonly string[] = []): Caller {
  const { sub, azp, client_id: client, iss, aud, act, iat, exp, org_id: orgId, org_name: orgName } = claims
  const [subject, clientId, issuer] = [sub, azp ?? client, iss] as [string, string, string]
  return Object.freeze({
    subject,
    clientId: sharedText(clientId),
    issuer: sharedText(issuer),
    audience: Object.freeze((Array.isArray(aud) ? aud as string[] : [aud as string]).map(sharedText)),
    ...grantsOf(claims, scopeClaims),
    kind: kindOf(claims),
    ...(act !== undefined && { actor: (act as Actor).sub, actors: Object.freeze(chain(act as Actor)) }),
    ...login(claims),
    ...(typeof orgId === 'string' && {
      organization: Object.freeze({ id: orgId, ...(typeof orgName === 'string' && { name: orgName }) })
    }),
    issuedAt: iat as number,
    expiresAt: exp as number,
    key: callerKey(subject, clientId, issuer),
    claims: pickClaims(claims, named)
  })
}

/**
 * A digest, since the limits keep it for each caller, and the names may be long. JSON keeps ("ab", "c") and ("a", "bc")
 * apart, and halves of a surrogate pair, for which UTF-8 has the same three bytes.
 */
function callerKey (...names: [subject: string, clientId: string, issuer: string]): string {
  return hash('sha256', JSON.stringify(names), 'base64url')
}

// These claims decide nothing here, so a value of another type counts as absent.
function login ({ client_profile: profile, auth_time: time, acr }: Claims): Pick<Caller, 'clientProfile' | 'authenticatedAt' | 'acr'> {
  const profiles = isText(profile) ? words(profile) : []
  return {
    ...(profiles.length > 0 && { clientProfile: Object.freeze(profiles) }),
    ...(isDate(time) && { authenticatedAt: time }),
    ...(isText(acr) && { acr })
  }
}

function isText (value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_TEXT
}

interface Actor {
  readonly sub: string
  readonly act?: Actor
}

function chain ({ sub, act }: Actor): string[] {
  return act === undefined ? [sub] : [sub, ...chain(act)]
}
