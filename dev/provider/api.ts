import { createSecretKey, randomBytes } from 'node:crypto'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { AccessDenied, InvalidRequest, UnauthorizedClient } from 'oidc-provider/lib/helpers/errors.js'
import { isThirdParty, thirdPartyScopes, type Tenant } from './tenant.ts'
import { findUser } from './users.ts'

/** An API as Auth0 knows one, with RBAC. */
export interface Api {
  /** Its identifier, the `aud` of its tokens. */
  readonly resource: string
  /** The permissions it defines. */
  readonly scopes: readonly string[]
  readonly tenant: Tenant
}

/** The scopes of the issuer itself. An access token for the API never has them. */
export const ISSUER_SCOPES = ['openid', 'profile', 'email', 'offline_access']

/**
 * The scope of a client that asks for no scope of the API, since oidc-provider demands one and Auth0 does not. No client
 * sees it.
 */
export const NO_SCOPE = 'no_scope'

/** Parameters of `/authorize` that Auth0 refuses from third-party clients. */
const NOT_FOR_THIRD_PARTIES = ['claims', 'id_token_hint', 'invitation', 'login_ticket', 'screen_hint']

type ResourceIndicators = NonNullable<NonNullable<Configuration['features']>['resourceIndicators']>

/** Decides whether a client may have a token for the API that it asks for, and with which scopes. */
export function resourceIndicators ({ resource, scopes, tenant }: Api): ResourceIndicators {
  const { defaultAudience, machineGrant, machinePolicy, signingAlg } = tenant
  const sign = signingAlg === 'RS256' ? { alg: 'RS256' as const } : { alg: 'HS256' as const, key: createSecretKey(randomBytes(32)) }

  return {
    enabled: true,
    useGrantedResource: () => true,

    defaultResource ({ oidc: { params } }, _client, oneOf) {
      if (isMachine(params)) throw forbidden('No audience parameter was provided, and no default audience has been configured')
      return oneOf
    },

    getResourceServerInfo (ctx, indicator, client) {
      const machine = isMachine(ctx.oidc.params)
      if (indicator !== resource && indicator !== defaultAudience) throw machine ? forbidden(`Service not enabled within domain: ${indicator}`) : new AccessDenied(`Service not found: ${indicator}`)
      const granted = machine ? (machineGrant ? scopes : undefined) : isThirdParty(client.clientId) ? thirdPartyScopes(tenant, scopes) : scopes
      if (granted === undefined) {
        const refusal = `Client "${client.clientId}" is not authorized to access resource server "${indicator}".`
        throw machine ? forbidden(refusal) : new UnauthorizedClient(refusal)
      }
      return { scope: grantable(ctx, granted).join(' '), accessTokenFormat: 'jwt', jwt: { sign } }
    }
  }

  function grantable ({ oidc: { route, params, account } }: KoaContextWithOIDC, granted: readonly string[]): readonly string[] {
    // A token gets a scope only if the client has a grant for it, the user consented to it and has the permission.
    if (route !== 'token') return [...scopes, NO_SCOPE]
    if (params && isMachine(params) && machinePolicy === 'allow_all') params.scope ??= scopes.join(' ')
    return permissionsOf(account?.accountId, scopes).filter(scope => granted.includes(scope))
  }
}

/** Corrects `scope`. This check of the authorization request runs last; the parameter that it is called for does not matter. */
export function extraParams ({ scopes }: Api): NonNullable<Configuration['extraParams']> {
  return {
    'ext-scope' ({ oidc, query }, _value, client) {
      const params = oidc.params as Record<string, unknown>
      if (isThirdParty(client.clientId)) refuseUnsupported(params, query)
      const asked = words(params.scope).filter(scope => !isThirdParty(client.clientId) || !ISSUER_SCOPES.includes(scope))
      if (!asked.some(scope => scopes.includes(scope) || scope === 'openid')) asked.push(NO_SCOPE)
      // oidc-provider has dropped it by now unless the request had `prompt=consent`, which Auth0 does not demand.
      if (words(query.scope).includes('offline_access') && client.grantTypes?.includes('refresh_token')) asked.push('offline_access')
      params.scope = [...new Set(asked)].join(' ')
    }
  }
}

function refuseUnsupported (params: Readonly<Record<string, unknown>>, query: Readonly<Record<string, unknown>>): void {
  const refused = NOT_FOR_THIRD_PARTIES.filter(name => query[name] !== undefined)
  if (refused.length > 0) throw new InvalidRequest(`Unsupported parameter: ${refused.join(', ')}`)
  if (params['resource'] === undefined) throw new InvalidRequest('The userinfo audience is not allowed for third party clients. Please specify a valid API audience.')
}

/** The words of a parameter such as `scope`. */
export function words (value: unknown): string[] {
  return typeof value === 'string' ? value.split(' ').filter(word => word !== '') : []
}

function isMachine (params: { readonly grant_type?: unknown } | undefined): boolean {
  return params?.grant_type === 'client_credentials'
}

/** A refusal of the token endpoint with the status that Auth0 gives it. */
export function forbidden (description: string): Error {
  return Object.assign(new AccessDenied(description), { status: 403, statusCode: 403 })
}

/** A user's permissions for the API. A machine has all of them. */
export function permissionsOf (userId: string | undefined, scopes: readonly string[]): readonly string[] {
  return userId === undefined ? scopes : findUser(userId).permissions(scopes)
}
