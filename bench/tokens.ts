import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startIssuer, type Issuer } from '../dev/issuer.ts'
import { encode, makePair, type Claims } from '../dev/signing.ts'

/** The issuer that the servers trust, and its tokens, each of another user. */
export interface Tokens {
  readonly issuer: Issuer
  readonly good: readonly string[]
  /** A token of the first user with these claims and header members. Members that are undefined are left out. */
  one (claims?: Claims, header?: Claims): string
}

interface Kept {
  readonly port: number
  readonly kid: string
  readonly pem: string
  /** Milliseconds since 1970. */
  readonly made: number
  readonly good: readonly string[]
}

/** The API identifier that the tokens are for. */
export const AUDIENCE = 'https://mcp.example.com/mcp'

/** More than the 10,000 tokens that the server keeps and the 20,000 that it knows it saw. */
export const TOKEN_COUNT = 40_000

const USABLE_MS = 12 * 3_600_000
const BATCH = 1000
const signInThread = promisify<string, Buffer, KeyObject, Buffer>(sign)

/**
 * Starts the issuer with at least `count` tokens. A signature takes most of a millisecond, so tokens are made before
 * the run and kept for twelve hours in a folder that only this user can read.
 */
export async function openTokens (count: number): Promise<Tokens> {
  const path = join(benchFolder(), 'tokens.json')
  const kept = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) as Kept : undefined
  if (kept !== undefined && kept.good.length >= count && Date.now() - kept.made < USABLE_MS) {
    const privateKey = createPrivateKey(kept.pem)
    const pair = { kid: kept.kid, privateKey, publicKey: createPublicKey(privateKey) }
    // The tokens name the issuer with its port; if that is taken, they are of no use.
    const issuer = await startIssuer({ audience: AUDIENCE, scopes: [], port: kept.port }, pair).catch(() => undefined)
    if (issuer !== undefined) return { issuer, good: kept.good, one: tokenOf(issuer) }
  }

  console.error(`signing ${count} tokens …`)
  const pair = makePair()
  const issuer = await startIssuer({ audience: AUDIENCE, scopes: [] }, pair)
  const good: string[] = []
  while (good.length < count) good.push(...await Promise.all(Array.from({ length: BATCH }, (_, n) => userToken(issuer, good.length + n))))
  const fresh: Kept = {
    port: Number(new URL(issuer.url).port), kid: pair.kid, pem: String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })), made: Date.now(), good
  }
  writeFileSync(path, JSON.stringify(fresh), { mode: 0o600 })
  return { issuer, good, one: tokenOf(issuer) }
}

/** The folder for files that only a run needs. */
export function benchFolder (): string {
  const folder = join(tmpdir(), `mcp-bench-${userInfo().uid}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** The claims of the access token that Auth0 gives the n-th user. */
export function userClaims (issuer: string, n: number): Claims {
  return {
    sub: `auth0|${n.toString(16).padStart(24, '6553da60a54af58e29493993')}`,
    aud: [AUDIENCE, `${issuer}userinfo`],
    scope: 'openid tool:whoami',
    permissions: ['tool:whoami']
  }
}

/** Requests that a server must refuse, and the status. */
export function refusals ({ one }: Tokens): readonly (readonly [string, string | undefined, 401 | 403])[] {
  const now = Math.floor(Date.now() / 1000)
  return [
    ['no token', undefined, 401],
    ['garbage', 'garbage', 401],
    ['an expired token', one({ iat: now - 7200, exp: now - 3600 }), 401],
    ['a token for another audience', one({ aud: 'https://other.example.com/' }), 401],
    ['a token of another issuer', one({ iss: 'https://other.example.com/' }), 401],
    ['a token without an expiry', one({ exp: undefined }), 401],
    ['a token without a client', one({ azp: undefined }), 401],
    ['a signature of another token', one({ sub: 'auth0|other' }).replace(/[^.]+$/, '') + one().replace(/.*\./, ''), 401],
    ['an unknown key', one({}, { kid: 'unknown' }), 401],
    ['a token without the scope', one({ scope: 'openid', permissions: [] }), 403]
  ]
}

function tokenOf (issuer: Issuer) {
  return (claims: Claims = {}, header: Claims = {}) => issuer.token({ ...userClaims(issuer.url, 0), ...claims }, { header })
}

/** The same token as the issuer makes, signed in a thread, so that both cores work. */
async function userToken ({ url, keys: [pair] }: Issuer, n: number): Promise<string> {
  if (pair === undefined) throw new Error('the issuer has no key')
  const iat = Math.floor(Date.now() / 1000)
  const claims = { iss: url, ...userClaims(url, n), iat, exp: iat + 86_400, azp: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja' }
  const input = `${encode({ alg: 'RS256', typ: 'JWT', kid: pair.kid })}.${encode(claims)}`
  return `${input}.${(await signInThread('RSA-SHA256', Buffer.from(input), pair.privateKey)).toString('base64url')}`
}
