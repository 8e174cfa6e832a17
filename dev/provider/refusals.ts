import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { isThirdParty, type Tenant } from './tenant.ts'

type Middleware = Parameters<Provider['use']>[0]

/** Refuses registrations while they are switched off, and takes `iss` out of the answers to clients while that is off. */
export function applySwitches ({ dcr, issParameter }: Tenant): Middleware {
  return async function applyTo (ctx, next) {
    if (ctx.path === '/oidc/register' && ctx.method === 'POST' && !dcr) {
      ctx.status = 400
      ctx.body = { error: 'invalid_request', error_description: 'dynamic client registration is disabled' }
      return
    }
    await next()
    const { location } = ctx.response.headers
    if (!issParameter && typeof location === 'string') ctx.set('location', location.replace(/[?&]iss=[^&]*$/, ''))
  }
}

/**
 * Keeps errors at the issuer if the client is somebody else's (`open_redirect_protection`): the user sees a page, and
 * the client is never called back.
 */
export function protectRedirects (provider: Provider, { redirectErrors }: Tenant): void {
  provider.on('authorization.error', (ctx, error) => {
    if (!redirectErrors && isThirdParty(ctx.oidc.client?.clientId)) Object.assign(error, { allow_redirect: false })
  })
}

/** An error of `/authorize` in Auth0's words. */
export function inAuth0Words (ctx: KoaContextWithOIDC, error: string, description = ''): readonly [error: string, description: string] {
  const { client_id: id, redirect_uri: uri } = ctx.query
  if (error === 'invalid_redirect_uri') return ['unauthorized_client', `Callback URL mismatch. ${uri} is not in the list of allowed callback URLs`]
  if (error === 'invalid_client' && /client is invalid|fetch not allowed/.test(description)) return ['invalid_request', `Unknown client: ${id}`]
  return [error, description]
}
