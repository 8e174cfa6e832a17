import { generateKeyPairSync, randomBytes, randomUUID, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Claims = Record<string, unknown>

/** How a token is to differ from a good one. A value of undefined leaves a member out. */
export interface TokenOptions {
  readonly header?: Claims
  /** The key to sign with. Default: the issuer's current one. */
  readonly key?: SigningPair
}

export interface SigningPair {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export interface IssuerOptions {
  /** The API identifier that tokens are for. */
  readonly audience: string
  /** The permissions of the API, all of which a good token has. */
  readonly scopes: readonly string[]
  /** Default 0: any free port. */
  readonly port?: number
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number
}

/** Something that issues tokens as Auth0 does, on a loopback port, with keys that were made just now. */
export interface Issuer {
  /** With its trailing slash. */
  readonly url: string
  /** The keys of the key set; the first one signs. */
  readonly keys: SigningPair[]
  /** How many times the key set was asked for. */
  fetches: number
  /** Answers the key set's requests in place of the issuer, for as long as it is set. */
  answer: RequestListener | undefined
  /** Answers every other request. Default: 404. */
  otherwise: RequestListener
  /** A token of Auth0's own profile, good unless claims or options say otherwise. */
  token (claims?: Claims, options?: TokenOptions): string
  /** Puts a new key in front; the old ones stay until they are taken out of `keys`. */
  rotate (): SigningPair
  close (): Promise<void>
}

/** An RSA pair with a name as Auth0 gives them. */
export function makePair (modulusLength = 2048): SigningPair {
  return { kid: randomBytes(16).toString('base64url').slice(0, 21), ...generateKeyPairSync('rsa', { modulusLength }) }
}

export async function startIssuer ({ audience, scopes, port = 0, now = Date.now }: IssuerOptions, pair = makePair()): Promise<Issuer> {
  const server = createServer((request, response) => {
    if (request.url === '/.well-known/jwks.json') return keySet(request, response)
    issuer.otherwise(request, response)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`

  const issuer: Issuer = {
    url,
    keys: [pair],
    fetches: 0,
    answer: undefined,
    otherwise: (_request, response) => response.writeHead(404).end(),
    token (claims = {}, { header = {}, key = issuer.keys[0] as SigningPair } = {}) {
      const iat = Math.floor(now() / 1000)
      return signJwt({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header }, {
        iss: url, sub: 'auth0|6553da60a54af58e29493993', aud: audience, iat, exp: iat + 86_400, scope: scopes.join(' '), azp: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', ...claims
      }, key.privateKey)
    },
    rotate () {
      issuer.keys.unshift(makePair())
      return issuer.keys[0] as SigningPair
    },
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }

  function keySet (request: IncomingMessage, response: ServerResponse): void {
    issuer.fetches++
    if (issuer.answer !== undefined) {
      issuer.answer(request, response)
      return
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ keys: issuer.keys.map(publicJwk) }))
  }

  return issuer
}

/** A compact JWS (RFC 7515 §3.1), RS256 whatever the header says. Members that are undefined are left out. */
export function signJwt (header: Claims, payload: Claims, privateKey: KeyObject): string {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')}`
}

/** A key as Auth0's key set has it. */
export function publicJwk ({ kid, publicKey }: SigningPair): Claims {
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' }
}

/** The claims in which RFC 9068's profile differs from Auth0's own. */
export function rfc9068 (clientId = 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja'): Claims {
  return { azp: undefined, client_id: clientId, jti: randomUUID() }
}

function encode (value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
