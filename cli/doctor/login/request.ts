import { createHash } from 'node:crypto'
import { ask, bodyOf, type JsonAnswer } from '../../fetch-json.ts'
import { bad, good, type Check } from '../check.ts'
import { mendOf, wordsIn } from './causes.ts'

/** Redirects that are followed on the way to the login page. */
const MAX_REDIRECTS = 10

/** The address of a login (RFC 6749 §4.1.1, RFC 7636 §4.3). `verifier` stays with the client. */
export function authorizationUrl (metadata: JsonAnswer['document'], params: Readonly<Record<string, string>>, verifier: string): URL {
  const url = new URL(String(metadata['authorization_endpoint']))
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  url.search = String(new URLSearchParams({ response_type: 'code', ...params, code_challenge: challenge, code_challenge_method: 'S256' }))
  return url
}

/** Opens the login as a browser that has not signed in: a wrong set-up shows before the user is asked. */
export async function loginPage (url: URL): Promise<Check> {
  let response = await ask(url.href, {})
  for (let count = 0; count < MAX_REDIRECTS; count++) {
    const location = response.headers.get('location')
    if (location === null || new URL(location, url).origin !== url.origin) break
    const cookie = response.headers.getSetCookie().map(line => line.split(';')[0]).join('; ')
    response = await ask(new URL(location, url).href, { headers: { cookie } })
  }
  const found = `status ${response.status}, ${response.headers.get('location') ?? wordsIn(await bodyOf(response))}`
  return response.status === 200 ? good('login-request', 'authorization request', 'status 200, a login page') : bad('login-request', 'authorization request', found, 'status 200, a login page', mendOf(decodeURIComponent(found.replaceAll('+', ' '))))
}
