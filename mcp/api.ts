import { ToolError } from './errors.ts'
import { isObject, type Json } from './message.ts'
import { isScope } from './declaration/scope-token.ts'

/** An API that a tool calls as its caller, with a token of its own (RFC 8693). */
export interface ApiDeclaration {
  /** The identifier of the API, byte for byte: `aud` of the token. */
  readonly audience: string
  /** Every path is below this: https, or http on loopback, without query. */
  readonly url: string
  /** The scopes of the token. */
  readonly scopes: readonly [string, ...string[]]
}

/** The members of a request that a tool may choose. Every other member that `fetch` knows is ignored. */
export interface ApiRequest {
  readonly method?: string
  /** No credentials, no `host`, nothing that belongs to the connection. */
  readonly headers?: Readonly<Record<string, string>> | ReadonlyArray<readonly [string, string]> | Headers
  /** No stream, so that a redirect can be followed. */
  readonly body?: string | Uint8Array | URLSearchParams | FormData | Blob
  /** Ends the request before the call ends. */
  readonly signal?: AbortSignal
}

/**
 * `fetch`, bound to the API of the tool and to the caller.
 *
 * @param path begins with one `/` and is below the `url` of the API; use `encodeURIComponent` for values
 * @throws ApiError with a sentence for the caller; TypeError if path or init break a rule
 */
export type CallApi = (path: string, init?: ApiRequest) => Promise<Response>

/** The kinds of reasons why an API could not be called. */
export type ApiFault =
  | 'no_user' // a machine calls, so there is nobody to act for
  | 'step_up' // the user has to log in again, in a stronger way
  | 'not_set_up' // the operator has to do something
  | 'not_permitted' // the user lacks a permission for the API, or it answered 403
  | 'not_accepted' // the API answered 401
  | 'redirected' // the API redirects to a place outside its URL
  | 'too_many' // the issuer limits exchanges
  | 'unavailable' // the issuer or the API cannot be reached

/** Why an API could not be called as the user. A handler that lets it pass tells the model its message. */
export class ApiError extends ToolError {
  override name = 'ApiError'
  readonly fault: ApiFault
  /** Seconds after which trying again makes sense; only of `too_many`. */
  readonly retryAfter: number | undefined

  constructor (fault: ApiFault, message: string, retryAfter?: number) {
    super(message)
    this.fault = fault
    this.retryAfter = retryAfter
  }
}

/** A URL with http on a loopback host. */
export const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/]|$)/

/** Checks the API of a tool. @throws Error that says what is wrong with the declaration */
export function checkApi (api: ApiDeclaration): void {
  if (!isObject(api)) throw new Error('expected api to be { audience, url, scopes }')
  const { audience, url, scopes, ...others } = api as Json
  const [other] = Object.keys(others)
  if (other !== undefined) throw new Error(`unknown field ${JSON.stringify(other)} of api, which has audience, url and scopes`)
  if (typeof audience !== 'string' || audience === '') throw new Error('expected api.audience to be the identifier of the API')
  const isCanonical = typeof url === 'string' && URL.canParse(url) && new URL(url).href.replace(/\/$/, '') === url.replace(/\/$/, '')
  if (!isCanonical || /[?#@%]/.test(url)) throw new Error('expected api.url to be a URL in its canonical form, without query, fragment and user')
  if (!url.startsWith('https://') && !LOOPBACK.test(url)) throw new Error('expected api.url to be https, or http on a loopback host')
  if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isScope)) throw new Error('expected api.scopes to have at least one scope, without spaces or quotes')
}
