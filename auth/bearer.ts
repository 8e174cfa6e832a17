import { placeholderHint } from './placeholder.ts'
import { Refusal } from './refusal.ts'

// One scheme, one token, spaces and nothing else between them.
const CREDENTIALS = /^bearer +([^ \t,]+) *$/i
// Fast path for the common spelling.
const USUAL = 'Bearer '
const NOT_IN_TOKEN = [' ', '\t', ',']

/**
 * The access token of a request, from its `Authorization` header and nowhere else (RFC 6750 §2.1).
 *
 * @param authorization the header's value, if there is one
 * @param url the request target; a token in its query is never read, and beside a header it is one credential too many
 * @param maxLength characters; a longer token is refused unread
 * @throws Refusal
 */
export function bearerToken (authorization: string | undefined, url: string, maxLength: number): string {
  const inQuery = url.includes('?') && new URLSearchParams(url.slice(url.indexOf('?'))).has('access_token')
  if (!authorization) throw new Refusal(inQuery ? 'token_in_query' : 'no_credentials')
  if (inQuery) throw new Refusal('duplicate_credentials')

  const token = usual(authorization) ?? CREDENTIALS.exec(authorization)?.[1]
  if (token === undefined) throw fault(authorization)
  if (token.length > maxLength) throw new Refusal('token_too_long', { found: token.length, expected: maxLength })
  return token
}

function usual (authorization: string): string | undefined {
  const token = authorization.slice(USUAL.length)
  const isUsual = authorization.startsWith(USUAL) && token !== '' && !NOT_IN_TOKEN.some(char => token.includes(char))
  return isUsual ? token : undefined
}

function fault (authorization: string): Refusal {
  const [, rest] = /^bearer(?![^ \t,])(.*)$/is.exec(authorization) ?? []
  if (rest === undefined) return new Refusal('other_scheme')
  if (/^[ \t]*$/.test(rest)) return new Refusal('no_credentials')
  return new Refusal('malformed_credentials', placeholderHint(rest.trim()))
}
