import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JWK } from 'jose'
import type { KoaContextWithOIDC } from 'oidc-provider'
// Not from the package's entry, which writes a warning on Node 20, where all of this works.
import { Provider } from 'oidc-provider/lib/provider.js'
import { configure } from './provider-config.ts'
import { interactions } from './provider-interactions.ts'

export interface ProviderOptions {
  /** The issuer, with Auth0's trailing slash, e.g. `http://localhost:3001/`. */
  readonly issuer: string
  /** The API identifier (the URL of the MCP endpoint): becomes `aud`. */
  readonly resource: string
  /** The permissions the API defines, e.g. `['tool:whoami']`. */
  readonly scopes: readonly string[]
  /** Private RS256 keys with `kid`, made at start and stored nowhere; the first one signs. */
  readonly jwks: { readonly keys: readonly JWK[] }
}

/**
 * An authorization server for development, dressed as an Auth0 tenant: its issuer, paths, metadata, clients and
 * tokens. Answers every request it is given, with 404 where it has nothing. What it knows is in memory only.
 */
export function createProvider (options: ProviderOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const { host } = new URL(options.issuer)
  const provider = new Provider(options.issuer, configure(options))

  provider.on('server_error', (_ctx, error) => { console.error(error) })
  provider.use(openRegistration)
  provider.use(interactions(provider, options))

  const answer = provider.callback()
  return function authorize (request, response) {
    // The addresses it names are the issuer's, whatever it was called by.
    request.headers.host = host
    answer(request, response)
  }
}

/** Lets browsers register clients; oidc-provider sees to every other endpoint that they need. */
async function openRegistration (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> {
  if (ctx.path === '/oidc/register') {
    ctx.set('Access-Control-Allow-Origin', '*')
    if (ctx.method === 'OPTIONS') {
      ctx.set('Access-Control-Allow-Methods', 'POST')
      ctx.set('Access-Control-Allow-Headers', ctx.get('Access-Control-Request-Headers'))
      ctx.status = 204
      return
    }
  }
  await next()
}
