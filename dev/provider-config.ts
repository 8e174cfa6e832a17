import { randomBytes } from 'node:crypto'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { base as basePolicy } from 'oidc-provider/lib/helpers/interaction_policy/index.js'
import { pageHeaders } from './pages.ts'
import { extraParams, issuerScopes, resourceIndicators, tokenClaims } from './provider-api.ts'
import { clientDefaults, clientId, extraClientMetadata, m2mClient } from './provider-clients.ts'
import { errorPage, goodbyePage, logoutPage } from './provider-pages.ts'
import { createStore } from './provider-store.ts'
import { findAccount } from './provider-users.ts'
import type { ProviderOptions } from './provider.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** oidc-provider set up as an Auth0 tenant with one API is, as far as MCP clients can tell. */
export function configure ({ jwks, ...api }: ProviderOptions): Configuration {
  return {
    adapter: createStore(),
    claims: { openid: ['sub'], profile: ['name', 'nickname'], email: ['email', 'email_verified'] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientBasedCORS: () => true,
    clientDefaults,
    clients: [m2mClient],
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
      // All ports of a host share their cookies, so these meet those of whatever else is developed on it.
      names: { session: 'dev_issuer', interaction: 'dev_issuer_interaction', resume: 'dev_issuer_resume' }
    },
    extraClientMetadata,
    extraParams: extraParams(api),
    features: {
      clientCredentials: { enabled: true },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02' },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      registration: { enabled: true, idFactory: clientId, issueRegistrationAccessToken: false },
      resourceIndicators: resourceIndicators(api),
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => send(ctx, logoutPage(form)),
        postLogoutSuccessSource: ctx => send(ctx, goodbyePage())
      }
    },
    findAccount,
    interactions: {
      policy: policy(),
      url: (_ctx, { uid, prompt }) => `/u/${prompt.name}/${uid}`
    },
    jwks: { keys: jwks.keys.map(key => ({ ...key, alg: 'RS256', use: 'sig' })) },
    pkce: { required: () => true },
    renderError: (ctx, { error, error_description: description }) => send(ctx, errorPage(error, description)),
    responseTypes: ['code'],
    routes: {
      authorization: '/authorize',
      end_session: '/oidc/logout',
      jwks: '/.well-known/jwks.json',
      registration: '/oidc/register',
      revocation: '/oauth/revoke',
      token: '/oauth/token',
      userinfo: '/userinfo'
    },
    scopes: issuerScopes,
    ttl: {
      AccessToken: HOUR,
      ClientCredentials: HOUR,
      Grant: 30 * DAY,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: 30 * DAY,
      Session: 3 * DAY
    },
    ...tokenClaims(api)
  }
}

/** Asks for consent when a client wants more than it has, or says so; oidc-provider would ask native clients each time. */
function policy () {
  const prompts = basePolicy()
  prompts.get('consent')?.checks.remove('native_client_prompt')
  return prompts
}

function send (ctx: KoaContextWithOIDC, page: string): void {
  ctx.set(pageHeaders)
  ctx.body = page
}
