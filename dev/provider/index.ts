import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
// The package's entry prints a warning on Node 20, although everything works there.
import { Provider } from 'oidc-provider/lib/provider.js'
import { chooseAudience } from './audience.ts'
import { configure, type ProviderOptions } from './config.ts'
import { interactions } from './interactions.ts'
import { tenantMetadata } from './metadata.ts'
import { encryptOpaque } from './opaque.ts'
import { applySwitches, protectRedirects } from './refusals.ts'
import { exchangeTokens } from './token-exchange.ts'

/**
 * An authorization server for development that behaves as an Auth0 tenant: issuer, paths, metadata, clients, tokens and
 * refusals. `tenant` in the options sets the tenant up.
 * Answers every request; an unknown path gets 404.
 */
export function createProvider (options: ProviderOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const { host } = new URL(options.issuer)
  const provider = new Provider(options.issuer, configure(options))

  provider.on('server_error', (_ctx, error) => { console.error(error) })
  provider.use(openRegistration)
  provider.use(applySwitches(options.tenant))
  provider.use(metadata)
  provider.use(encryptOpaque(options.issuer))
  provider.use(chooseAudience(options.tenant))
  provider.use(interactions(provider, options))
  protectRedirects(provider, options.tenant)
  exchangeTokens(provider, options)

  const answer = provider.callback()
  return function authorize (request, response) {
    // oidc-provider builds its URLs from Host. They must be the issuer's, also for a request to 127.0.0.1.
    request.headers.host = host
    answer(request, response)
  }

  async function metadata (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> {
    await next()
    // oidc-provider answers at both addresses, with CORS.
    if (ctx.method === 'GET' && /^\/\.well-known\/(?:openid-configuration|oauth-authorization-server)$/.test(ctx.path)) ctx.body = tenantMetadata(options.issuer, options.tenant)
  }
}

/** CORS for client registration. oidc-provider sets it for every other endpoint that browsers need. */
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
