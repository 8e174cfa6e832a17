import { Refusal } from './refusal.ts'

/**
 * The access token of a request, from its `Authorization` header and nowhere else (RFC 6750 §2.1).
 *
 * @param authorization the header's value, if there is one
 * @param url the request target; a token in its query is never read, and beside a header it is one credential too many
 * @param maxLength characters; what is longer is refused unread
 * @throws Refusal
 */
export function bearerToken (authorization: string | undefined, url: string, maxLength: number): string {
  const inQuery = url.includes('?') && new URLSearchParams(url.slice(url.indexOf('?'))).has('access_token')
  if (!authorization) throw new Refusal(inQuery ? 'token_in_query' : 'no_credentials')
  if (inQuery) throw new Refusal('duplicate_credentials')

  const [, rest] = /^bearer(?![^ \t,])(.*)$/is.exec(authorization) ?? []
  if (rest === undefined) throw new Refusal('other_scheme')

  if (/^[ \t]*$/.test(rest)) throw new Refusal('no_credentials')
  const [, token] = /^ +([^ \t,]+) *$/.exec(rest) ?? []
  if (token === undefined) throw new Refusal('malformed_credentials')
  if (token.length > maxLength) throw new Refusal('token_too_long', { found: token.length, expected: maxLength })
  return token
}
