import type { KeyObject } from 'node:crypto'
import { ApiError } from '../mcp/api.ts'
import { missingScopes, notJson, refusedExchange, unavailable } from './faults.ts'

/** The application that exchanges tokens: `app_type: resource_server` at Auth0. */
export interface ExchangeClient {
  readonly clientId: string
  /** The client secret, or an RSA key for `private_key_jwt`. */
  readonly credentials: { readonly secret: string } | { readonly key: KeyObject }
}

/** The token to exchange, and the API to get one for. */
export interface ExchangeRequest {
  /** Issuer of the caller's token, with its trailing slash. */
  readonly issuer: string
  readonly subjectToken: string
  readonly audience: string
  readonly scopes: readonly string[]
}

/** The token of the API. */
export interface ExchangedToken {
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
}

/** Exchanges one token. @throws ApiError, which holds nothing of the request */
export type Exchange = (request: ExchangeRequest) => Promise<ExchangedToken>

/** The grant type of RFC 8693 §2.1. */
export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** The token type of an access token (RFC 8693 §3). */
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token'
/** b64token of RFC 6750 §2.1. A header with anything else would be refused with the token in the error. */
const BEARER = /^[\w~+/.-]+=*$/
// Taken before tools run: a tool could replace the global `fetch` or `Response` and see the caller's token or the new one.
const { fetch, Response } = globalThis
const JSON_TYPE = /^application\/json\b/i
/** Longest answer of a token endpoint, in bytes. It holds one token, which has to fit into a header. */
const MAX_BYTES = 64 * 1024
/** Seconds: the lifetime of a token whose issuer names none. */
const DEFAULT_LIFETIME = 60
/** Seconds to wait after a 429 that names no time. */
const DEFAULT_WAIT = 5
/** Seconds: a longer wait that an issuer asks for is cut to this. */
const MAX_WAIT = 300

/**
 * Loads oauth4webapi and prepares the exchange on behalf of a user: RFC 8693, as Auth0's On-Behalf-Of wants it.
 * @param timeoutMs for one exchange. Default 10 s
 */
export async function createExchange ({ clientId, credentials }: ExchangeClient, timeoutMs = 10_000): Promise<Exchange> {
  const oauth = await import('oauth4webapi')
  const client = { client_id: clientId }
  const authentication = 'secret' in credentials ? oauth.ClientSecretPost(credentials.secret) : oauth.PrivateKeyJwt(await signingKey(credentials.key))

  return async function exchange ({ issuer, subjectToken, audience, scopes }) {
    const server = { issuer, token_endpoint: `${issuer}oauth/token` }
    const parameters = {
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN_TYPE,
      requested_token_type: ACCESS_TOKEN_TYPE,
      audience,
      scope: scopes.join(' ')
    }
    try {
      const response = await oauth.genericTokenEndpointRequest(server, client, authentication, EXCHANGE_GRANT, parameters, {
        signal: AbortSignal.timeout(timeoutMs),
        [oauth.customFetch]: fetchBounded,
        // The configuration allows http for loopback only.
        [oauth.allowInsecureRequests]: issuer.startsWith('http:')
      })
      if (response.status !== 200) throw await refusal(response, audience)
      if (!JSON_TYPE.test(String(response.headers.get('content-type')))) throw notJson(response)
      const { access_token: token, token_type: type, expires_in: lifetime, scope } = await oauth.processGenericTokenEndpointResponse(server, client, response)
      if (type !== 'bearer' || !BEARER.test(token)) throw new Error('no Bearer token')
      const missing = scope === undefined ? [] : scopes.filter(name => !scope.split(' ').includes(name))
      if (missing.length > 0) throw missingScopes(missing, audience)
      return { token, expiresIn: lifetime ?? DEFAULT_LIFETIME }
    } catch (error) {
      // Errors of the library and of `fetch` can hold the request, so none of them is passed on.
      throw error instanceof ApiError ? error : unavailable('The identity provider')
    }
  }
}

/**
 * `fetch` with an answer that is read to its end, since neither `json()` nor the library has a bound: an answer without an
 * end, or one that unpacks to gigabytes, would end the process.
 */
async function fetchBounded (...request: Parameters<typeof fetch>): Promise<Response> {
  const { status, headers, body } = await fetch(...request)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > MAX_BYTES) throw new Error(`longer than ${MAX_BYTES} bytes`)
    chunks.push(chunk)
  }
  // The platform allows no body, not even an empty one, with some statuses.
  return new Response(body && Buffer.concat(chunks), { status, headers })
}

async function refusal (response: Response, audience: string): Promise<ApiError> {
  // A 429 may come from a proxy in front of the issuer, with a body that is not JSON.
  const { error } = Object(await response.json().catch(unlessLimited)) as { error?: unknown }
  const word = typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : undefined
  return refusedExchange({ status: response.status, error: word, retryAfter: waitOf(response.headers) }, audience)

  function unlessLimited (): void {
    if (response.status !== 429) throw notJson(response)
  }
}

/** Seconds, from `Retry-After` or from Auth0's `X-RateLimit-Reset`, which is a time. */
function waitOf (headers: Headers): number {
  const reset = Number(headers.get('x-ratelimit-reset') ?? NaN) - Date.now() / 1000
  const wait = Math.ceil(Number(headers.get('retry-after') ?? reset))
  return wait >= 1 ? Math.min(wait, MAX_WAIT) : DEFAULT_WAIT
}

/** The key in the form that the library signs RS256 with; nothing can read it back. */
async function signingKey (key: KeyObject): ReturnType<typeof crypto.subtle.importKey> {
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  return crypto.subtle.importKey('pkcs8', pkcs8, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
}
