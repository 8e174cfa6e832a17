import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { AccessDenied, InvalidTarget } from 'oidc-provider/lib/helpers/errors.js'
import { findUser } from './provider-users.ts'

/** An API as Auth0 knows one, with RBAC and the token dialect `rfc9068_profile_authz`. */
export interface Api {
  /** Its identifier, the `aud` of its tokens. */
  readonly resource: string
  /** The permissions it defines. */
  readonly scopes: readonly string[]
}

/** The scopes that are the issuer's own; they stand in no access token for the API. */
export const issuerScopes = ['openid', 'profile', 'email', 'offline_access']

/** Granted where a client asks for nothing of the API, and never in a token: oidc-provider wants a scope, Auth0 does not. */
export const NO_SCOPE = 'no_scope'

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/** `resource` (RFC 8707) and Auth0's `audience`: which API a token is for and what its `scope` may hold. */
export function resourceIndicators ({ resource, scopes }: Api): ResourceIndicators {
  return {
    enabled: true,
    useGrantedResource: () => true,

    defaultResource ({ oidc: { params, body } }, _client, oneOf) {
      const audience = params?.audience ?? body?.audience
      if (typeof audience === 'string') return audience
      if (isMachine(params)) throw new AccessDenied('No audience parameter was provided')
      return oneOf
    },

    getResourceServerInfo (ctx, indicator) {
      if (indicator !== resource) throw new InvalidTarget(`Service not found: ${indicator}`)
      return { scope: grantable(ctx).join(' '), accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }
    }
  }

  function grantable ({ oidc: { route, params, account } }: KoaContextWithOIDC): readonly string[] {
    // What the user lets the client do is one thing, what the user may do another: the token is where they meet.
    if (route !== 'token') return [...scopes, NO_SCOPE]
    // A machine that asks for nothing gets all it may have.
    if (params && isMachine(params)) params.scope ??= scopes.join(' ')
    return permissionsOf(account?.accountId, scopes)
  }
}

/** Auth0's `audience` on the authorization request. Its turn is the last, so `scope` is put right here too. */
export function extraParams ({ scopes }: Api): NonNullable<Configuration['extraParams']> {
  return {
    audience ({ oidc, query }, _value, client) {
      const params = oidc.params as Record<string, unknown>
      const asked = words(params.scope)
      if (params.resource === undefined && asked.length === 0) {
        throw new InvalidTarget('Please specify a valid API audience, as `resource` or `audience`')
      }
      if (params.resource !== undefined && !asked.some(scope => scopes.includes(scope))) asked.push(NO_SCOPE)
      // By now it is dropped unless it came with `prompt=consent`, which Auth0 does not insist on.
      if (words(query.scope).includes('offline_access') && client.grantTypes?.includes('refresh_token')) asked.push('offline_access')
      params.scope = [...new Set(asked)].join(' ')
    }
  }
}

/** What Auth0 adds to the claims of RFC 9068: `permissions`, and a machine's own kind of `sub`. */
export function tokenClaims ({ scopes }: Api): Pick<Configuration, 'extraTokenClaims' | 'formats'> {
  return {
    extraTokenClaims: (_ctx, token) => ({
      permissions: permissionsOf(token.kind === 'AccessToken' ? token.accountId : undefined, scopes)
    }),
    formats: {
      customizers: {
        jwt (_ctx, token, { payload }) {
          if (token.kind === 'ClientCredentials') payload.sub = `${token.clientId}@clients`
        }
      }
    }
  }
}

/** The words of a parameter such as `scope`. */
export function words (value: unknown): string[] {
  return typeof value === 'string' ? value.split(' ').filter(word => word !== '') : []
}

function isMachine (params: { readonly grant_type?: unknown } | undefined): boolean {
  return params?.grant_type === 'client_credentials'
}

/** A user's permissions for the API; a machine, which is nobody, has them all. */
export function permissionsOf (userId: string | undefined, scopes: readonly string[]): readonly string[] {
  return userId === undefined ? scopes : findUser(userId).permissions(scopes)
}
