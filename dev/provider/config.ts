import type { JWK } from 'jose'
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import { base as basePolicy } from 'oidc-provider/lib/helpers/interaction_policy/index.js'
import type { State } from '../state.ts'
import { pageHeaders } from './html.ts'
import { extraParams, ISSUER_SCOPES, NO_SCOPE, resourceIndicators } from './api.ts'
import { tokenClaims } from './claims.ts'
import { clientDefaults, clientId, extraClientMetadata, handMade, m2mClient, oboClient } from './clients.ts'
import { errorPage, goodbyePage, logoutPage } from './pages.ts'
import { inAuth0Words } from './refusals.ts'
import { createStore } from './store.ts'
import type { Tenant } from './tenant.ts'
import { findAccount } from './users.ts'

const HOUR = 3600
const DAY = 24 * HOUR

/** The options of the stand-in for Auth0. */
export interface ProviderOptions {
  /** The issuer, with Auth0's trailing slash, e.g. `http://localhost:3001/`. */
  readonly issuer: string
  /** The API identifier (the URL of the MCP endpoint): becomes `aud`. */
  readonly resource: string
  /** The permissions the API defines, e.g. `['tool:whoami']`. */
  readonly scopes: readonly string[]
  /** Private RS256 keys with `kid`. The first one signs. */
  readonly jwks: { readonly keys: readonly JWK[] }
  readonly state: State
  readonly tenant: Tenant
}

/** Sets oidc-provider up as an Auth0 tenant with one API. */
export function configure ({ jwks, state, ...api }: ProviderOptions): Configuration {
  const { documents, exactCallbacks, clients } = api.tenant
  return {
    adapter: createStore(state),
    claims: { openid: ['sub'], profile: ['name', 'nickname'], email: ['email', 'email_verified'] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    // The secrets of these clients are public, so any web page could get their tokens.
    clientBasedCORS: (_ctx, _origin, { clientId }) => clientId !== m2mClient.client_id && clientId !== oboClient.client_id,
    clientDefaults: clientDefaults(exactCallbacks),
    clients: [m2mClient, oboClient, ...clients.map(handMade)],
    cookies: {
      keys: [state.cookieKey],
      // All ports of a host share their cookies, so these have unusual names.
      names: { session: 'dev_issuer', interaction: 'dev_issuer_interaction', resume: 'dev_issuer_resume' }
    },
    extraClientMetadata,
    extraParams: extraParams(api),
    features: {
      clientCredentials: { enabled: true },
      clientIdMetadataDocument: { enabled: true, ack: 'draft-02', allowFetch: (_ctx, id) => documents === 'all' || documents.includes(id) },
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
    renderError: (ctx, { error, error_description: description }) => send(ctx, errorPage(...inAuth0Words(ctx, error, description))),
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
    scopes: [...ISSUER_SCOPES, NO_SCOPE],
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

/** Asks for consent only when a client wants more than it has. The default asks native clients each time. */
function policy () {
  const prompts = basePolicy()
  prompts.get('consent')?.checks.remove('native_client_prompt')
  return prompts
}

function send (ctx: KoaContextWithOIDC, page: string): void {
  ctx.set(pageHeaders)
  ctx.body = page
}
