import type { Configuration } from 'oidc-provider'
import { permissionsOf, words, type Api } from './api.ts'

/** The claims of Auth0: `permissions`, the `sub` of a machine (`<client id>@clients`), and those of its own profile. */
export function tokenClaims ({ scopes, tenant: { dialect } }: Api): Pick<Configuration, 'extraTokenClaims' | 'formats'> {
  return {
    extraTokenClaims: (_ctx, token) => ({
      permissions: token.kind === 'AccessToken' ? permissionsOf(token.accountId, scopes) : words(token.scope)
    }),
    formats: {
      customizers: {
        jwt (_ctx, token, jwt) {
          const { payload } = jwt
          if (token.kind === 'ClientCredentials') payload.sub = `${token.clientId}@clients`
          if (dialect === 'rfc9068_profile_authz') return
          const { client_id: azp, jti: _jti, ...claims } = payload
          jwt.header = { typ: 'JWT' }
          jwt.payload = { ...claims, azp, ...(token.kind === 'ClientCredentials' && { gty: 'client-credentials' }) }
        }
      }
    }
  }
}
