import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { isLoopbackHost } from '../http/allow-list.ts'
import { listenOnLoopback } from './listen.ts'
import { makePair, publicJwk, signJwt, type Claims, type SigningPair } from './signing.ts'

/** How a token differs from a valid one. */
export interface TokenOptions {
  /** Header members above the usual ones. A value of undefined removes a member. */
  readonly header?: Claims
  /** The key to sign with. Default: the issuer's current one. */
  readonly key?: SigningPair
}

/** The API that the issuer issues tokens for, its port and its clock. */
export interface IssuerOptions {
  /** The API identifier that tokens are for. */
  readonly audience: string
  /** The permissions of the API. A good token has all of them. */
  readonly scopes: readonly string[]
  /** Default: any free port. */
  readonly port?: number
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number
}

/** Issues tokens as Auth0 does, on a loopback port. */
export interface Issuer {
  /** With its trailing slash. */
  readonly url: string
  /** The keys of the key set. The first one signs. */
  readonly keys: SigningPair[]
  /** How often the key set was fetched. */
  fetches: number
  /** While it is set, it answers requests for the key set in place of the issuer. */
  answer: RequestListener | undefined
  /** Answers every other request. Default: 404. */
  otherwise: RequestListener
  /** A token of Auth0's own profile. It is good unless claims or options spoil it; a claim of undefined is removed. */
  token (claims?: Claims, options?: TokenOptions): string
  /** Puts a new key in front. The old ones stay in `keys`. */
  rotate (): SigningPair
  close (): Promise<void>
}

/**
 * Starts an issuer that serves its key set. Requests for a host that is not loopback get 403, since a page of another
 * site may have sent them (DNS rebinding).
 *
 * @param pair its first key. Default: a new one
 */
export async function startIssuer ({ audience, scopes, port = 0, now = Date.now }: IssuerOptions, pair = makePair()): Promise<Issuer> {
  const server = createServer((request, response) => {
    if (!isForLoopback(request)) {
      response.writeHead(403).end()
      return
    }
    if (request.url === '/.well-known/jwks.json') return keySet(request, response)
    issuer.otherwise(request, response)
  })
  const { url, close } = await listenOnLoopback(server, port)

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
    close
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

// A target that is a whole URL would overrule the header (RFC 9112 §3.2.2).
function isForLoopback ({ url = '', headers: { host = '' } }: IncomingMessage): boolean {
  return url.startsWith('/') && isLoopbackHost(host)
}

/** The claims that differ between RFC 9068's profile and Auth0's own. */
export function rfc9068 (clientId = 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja'): Claims {
  return { azp: undefined, client_id: clientId, jti: randomUUID() }
}
