import { Readable } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { bodyOf } from '../body.ts'
import { EXCHANGE_GRANT } from './clients.ts'
import type { Tenant } from './tenant.ts'

/**
 * Decides which API a request is for, by the rules of Auth0: `audience`, else the default audience, else `resource` if
 * it counts. Leaves oidc-provider that one as `resource`. The token endpoint uses it for machines only; the others
 * have asked at `/authorize`.
 */
export function chooseAudience ({ resourceParameter, defaultAudience }: Tenant): (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void> {
  return async function choose (ctx, next) {
    if (ctx.path === '/authorize' && ctx.method === 'GET') {
      const params = new URLSearchParams(ctx.querystring)
      rewrite(params, params.get('audience') ?? defaultAudience ?? (resourceParameter ? params.get('resource') : null))
      ctx.querystring = String(params)
    }
    if (ctx.path === '/oauth/token' && ctx.method === 'POST') {
      const params = new URLSearchParams(await bodyOf(ctx.req))
      const grant = params.get('grant_type')
      // An exchange reads `audience` itself.
      if (grant !== EXCHANGE_GRANT) rewrite(params, grant === 'client_credentials' ? params.get('audience') ?? defaultAudience : null)
      setBody(ctx, String(params))
    }
    await next()
  }
}

function rewrite (params: URLSearchParams, api: string | null | undefined): void {
  params.delete('audience')
  params.delete('resource')
  if (api != null) params.set('resource', api)
}

// oidc-provider reads the body from `ctx.req`, and everything else from `ctx.request`.
function setBody (ctx: KoaContextWithOIDC, body: string): void {
  const bytes = Buffer.from(body)
  ctx.request.header['content-length'] = String(bytes.length)
  ctx.req = Readable.from([bytes]) as IncomingMessage
}
