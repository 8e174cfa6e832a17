import type { RequestListener } from 'node:http'
import type { Test } from 'tap'
import type { Issuer } from '../../dev/issuer.ts'
import { build, type Setup } from './build.ts'
import { b64, header, withSegment } from './tokens.ts'

/** The default of JWKS_CACHE_TTL, in seconds. */
export const TTL = 600
/** The default of JWKS_COOLDOWN, in seconds. */
export const COOLDOWN = 30
/** The default of JWKS_MAX_STALE, in seconds. */
export const MAX_STALE = 86_400

/** A server that has fetched the keys once, and a token that it accepts. */
export async function warm (t: Test, options = {}): Promise<Setup & { good: string }> {
  const setup = await build(t, options)
  const good = setup.issuer.token()
  t.equal((await setup.whoami(good)).statusCode, 200)
  t.equal(setup.issuer.fetches, 1, 'one fetch to start with')
  return { ...setup, good }
}

/** A well-formed token whose key does not exist. */
export function stray (issuer: Issuer, kid = `stray-${Math.random().toString(36).slice(2)}`): string {
  return withSegment(issuer.token(), 0, b64({ ...header(issuer), kid }))
}

/** The status of a call of whoami with this token. */
export async function status ({ whoami }: Setup, token: string): Promise<number> {
  return (await whoami(token)).statusCode
}

/** Sends a token three times: from the third time on, the token cache answers. */
export async function cacheToken (t: Test, setup: Setup, token: string): Promise<void> {
  for (let time = 0; time < 3; time++) t.equal(await status(setup, token), 200)
}

/** The status of the readiness check. */
export async function ready ({ app }: Setup): Promise<number> {
  return (await app.inject('/health/ready')).statusCode
}

/** An issuer that answers this instead of its key set. */
export function send (status: number, body: string | Buffer, headers = {}): RequestListener {
  return (_request, response) => { response.writeHead(status, headers).end(body) }
}

/** An issuer that sends a set of these keys. */
export function keys (...keys: unknown[]): RequestListener {
  return send(200, JSON.stringify({ keys }))
}

/** An issuer that never answers. */
export function hang (): void {}
