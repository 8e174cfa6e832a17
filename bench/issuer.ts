import { createPublicKey, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'

/** The API that the tokens are for. */
export const audience = 'https://mcp.example.com/mcp'

/** What the bench's stand-in for Auth0 signs with, and where it is found. */
export interface Identity {
  /** Ends in a slash, as Auth0's do. */
  readonly issuer: string
  readonly kid: string
  readonly key: KeyObject
}

export type Claims = Readonly<Record<string, unknown>>

/** Serves the public key on loopback at the place that the issuer's name tells. */
export async function startIssuer ({ issuer, kid, key }: Identity) {
  const jwk = { ...createPublicKey(key).export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }
  const document = JSON.stringify({ keys: [jwk] })

  const server = createServer((request, response) => {
    const found = request.url === '/.well-known/jwks.json'
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
    response.end(found ? document : '{}')
  })
  server.listen(Number(new URL(issuer).port), '127.0.0.1')
  await once(server, 'listening')

  return {
    close () {
      server.close()
      server.closeAllConnections()
    }
  }
}

/** The claims of the access token that Auth0 gives the n-th user. */
export function userClaims (issuer: string, n: number, now = Math.floor(Date.now() / 1000)): Claims {
  return {
    iss: issuer,
    sub: `auth0|${n.toString(16).padStart(24, '6553da60a54af58e29493993')}`,
    aud: [audience, `${issuer}userinfo`],
    iat: now,
    exp: now + 86400,
    scope: 'openid tool:whoami',
    azp: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja',
    permissions: ['tool:whoami']
  }
}

/** Signs an access token in Auth0's own profile. */
export function signToken ({ kid, key }: Identity, claims: Claims, header: Claims = {}): string {
  const content = `${encode({ alg: 'RS256', typ: 'JWT', kid, ...header })}.${encode(claims)}`
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), key).toString('base64url')}`
}

function encode (part: Claims): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
