import { serve, type Served } from '../e2e/login-server.ts'
import { call, type Test } from './build.ts'
import { oauth, type OAuth } from './oauth.ts'

/** The stand-in for Auth0, and a server that accepts its tokens. */
export interface ProviderSetup extends Served, OAuth {
  readonly issuer: string
  /** The API of this server. */
  readonly resource: string
  /** The status of this server's answer to a call of whoami with this token. */
  whoami (accessToken: string): Promise<number>
}

/** The grants of a client that logs users in. */
export const CODE = ['authorization_code', 'refresh_token']

/** The stand-in for Auth0 with two clients of the tenant, `own` and `own-secret`, and a server that accepts its tokens. */
export async function startProvider (t: Test): Promise<ProviderSetup> {
  const served = await serve(t, {
    env: { SCOPE_CLAIMS: 'all' },
    tenant: {
      clients: [
        { client_id: 'own', redirect_uris: ['http://localhost:6274/oauth/callback'] },
        { client_id: 'own-secret', client_secret: 'secret', token_endpoint_auth_method: 'client_secret_post', redirect_uris: ['http://localhost:6274/oauth/callback'] }
      ]
    }
  })
  const { url: resource, app, authority } = served
  return {
    ...served,
    ...oauth(authority.url, resource),
    issuer: authority.url,
    resource,
    async whoami (accessToken) {
      const { statusCode } = await app.inject({ method: 'POST', url: '/mcp', headers: { host: 'localhost', authorization: `Bearer ${accessToken}` }, payload: call('whoami') })
      return statusCode
    }
  }
}
