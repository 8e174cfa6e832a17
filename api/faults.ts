import { ApiError } from '../mcp/api.ts'

/** A refusal of the token endpoint. It holds nothing of the request. */
export interface Refused {
  /** The HTTP status. */
  readonly status: number
  /** `error` of RFC 6749 §5.2, if it is one word. */
  readonly error: string | undefined
  /** Seconds; counts for 429 only. */
  readonly retryAfter: number
}

/** OpenID Connect Core §3.1.2.6, RFC 9470 §3, and Auth0's `mfa_required`. */
const STEP_UP = ['mfa_required', 'interaction_required', 'login_required', 'consent_required', 'insufficient_user_authentication', 'unmet_authentication_requirements']
const CREDENTIALS = 'OBO_CLIENT_SECRET or OBO_PRIVATE_KEY_FILE'

/** Turns a refused exchange into a sentence that its reader can act on. */
export function refusedExchange ({ status, error, retryAfter }: Refused, audience: string): ApiError {
  const api = JSON.stringify(audience)
  const named = error === undefined ? String(status) : `${status} ${error}`
  if (status === 429) return tooMany(retryAfter)
  if (error !== undefined && STEP_UP.includes(error)) return new ApiError('step_up', `You have to log in again, with a second factor or your consent if you are asked, before the API ${api} can be called for you (${error}).`)
  if (status >= 500) return unavailable('The identity provider', named)
  if (status === 401 || error === 'invalid_client') return new ApiError('not_set_up', `The identity provider does not accept the credentials of this server. Its operator has to check OBO_CLIENT_ID and ${CREDENTIALS} (${named}).`)
  if (error === 'invalid_grant') return new ApiError('step_up', `Your access token cannot be exchanged for one of the API ${api}. Log in again (${error}).`)
  return new ApiError('not_set_up', `The identity provider gives no token for the API ${api} (${named}). The operator of this server has to check that the application of OBO_CLIENT_ID may exchange tokens, and has a user grant for that API.`)
}

/** The server has no credentials for exchanges. */
export function notSetUp (): ApiError {
  return new ApiError('not_set_up', `This server is not set up to call an API for you. Its operator has to set OBO_CLIENT_ID, and ${CREDENTIALS}.`)
}

/** A machine has no user whom the API could know. */
export function noUser (): ApiError {
  return new ApiError('no_user', 'This tool calls an API as the user, and an application that calls for itself has none. Call it with the token of a user.')
}

/** The token has fewer scopes than the tool needs. */
export function missingScopes (missing: readonly string[], audience: string): ApiError {
  return new ApiError('not_permitted', `You do not have the permission ${missing.join(' ')} for the API ${JSON.stringify(audience)}. Ask its administrator.`)
}

/**
 * The issuer limits exchanges.
 * @param retryAfter seconds
 */
export function tooMany (retryAfter: number): ApiError {
  return new ApiError('too_many', `The identity provider gives no more tokens for the moment. Try again in ${retryAfter} s.`, retryAfter)
}

/**
 * The issuer or the API cannot be reached, or fails.
 * @param who the subject of the sentence
 * @param answer its status, if it answered
 */
export function unavailable (who: string, answer?: string): ApiError {
  return new ApiError('unavailable', `${who} cannot be reached or does not answer as it should${answer === undefined ? '' : ` (${answer})`}. Try again later.`)
}

/** The token endpoint gave no JSON. A firewall or the login page of a network answers so in its place. */
export function notJson ({ status, headers }: Response): ApiError {
  const type = /^[\w.+-]{1,64}\/[\w.+-]{1,64}/.exec(String(headers.get('content-type')))?.[0] ?? 'no content type'
  return new ApiError('unavailable', `The identity provider does not answer as it should: status ${status} and ${type}, where JSON is expected. A firewall or a proxy may answer in its place. Try again later; if that does not help, the operator of this server has to check its way to the identity provider.`)
}

/** The API redirects to a place where the token must not go. */
export function redirected (audience: string): ApiError {
  return new ApiError('redirected', `The API ${JSON.stringify(audience)} redirects to another place, which this server does not follow.`)
}

/**
 * The API refuses the user: 403, or 401 if it does not accept the token.
 * @param token is left out of the sentence, which the client and the log get, if the API repeats it
 */
export function refusedByApi ({ status, headers }: Response, audience: string, token: string): ApiError {
  const api = JSON.stringify(audience)
  const challenge = headers.get('www-authenticate') ?? ''
  if (/\berror="?insufficient_user_authentication\b/.test(challenge)) return new ApiError('step_up', `The API ${api} wants a stronger or a fresh login. Log in again.`)
  const scope = /\bscope="([\x21\x23-\x5b\x5d-\x7e ]{1,256})"/.exec(challenge)?.[1]
  const needs = scope === undefined || scope.includes(token) ? '' : ` It wants ${scope}.`
  if (status === 403) return new ApiError('not_permitted', `The API ${api} does not permit you this (403).${needs}`)
  return new ApiError('not_accepted', `The API ${api} does not accept the token that it got for you (401). Log in again; if that does not help, the operator of this server has to check the audience of the API.`)
}
