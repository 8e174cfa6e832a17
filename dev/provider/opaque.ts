import { randomBytes } from 'node:crypto'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { NO_SCOPE, words } from './api.ts'

/**
 * Makes a token without an audience look like Auth0's: a JWE of five parts that only the issuer can decrypt (`dir`).
 * Accepts it at `/userinfo`, its only use.
 */
export function encryptOpaque (issuer: string): (ctx: KoaContextWithOIDC, next: () => Promise<unknown>) => Promise<void> {
  const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', iss: issuer })).toString('base64url')

  return async function encrypt (ctx, next) {
    if (ctx.path === '/userinfo') {
      const [, token] = /^Bearer [\w-]+\.\.[\w-]+\.([\w-]+)\.[\w-]+$/.exec(ctx.get('authorization')) ?? []
      if (token !== undefined) ctx.request.header.authorization = `Bearer ${Buffer.from(token, 'base64url')}`
    }
    await next()
    const body = ctx.body as { access_token?: string, scope?: string | undefined } | undefined
    if (ctx.path !== '/oauth/token' || body?.access_token === undefined || body.access_token.includes('.')) return
    body.access_token = [header, '', part(12), Buffer.from(body.access_token).toString('base64url'), part(16)].join('.')
    body.scope = words(body.scope).filter(scope => scope !== NO_SCOPE).join(' ') || undefined
  }
}

function part (bytes: number): string {
  return randomBytes(bytes).toString('base64url')
}
