import type { JsonAnswer } from '../../fetch-json.ts'
import { bad, good, inWords, type Check } from '../check.ts'
import { mendOf } from './causes.ts'

/** Checks the answer of the authorization server that the browser brings to the callback (RFC 9207 §2.4 for `iss`). */
export function checkAnswer (params: URLSearchParams | undefined, state: string, { issuer, authorization_response_iss_parameter_supported: named }: JsonAnswer['document']): Check {
  const expected = `code, the state that was sent, and iss ${inWords(named === true ? issuer : undefined)}`
  if (params === undefined) return bad('login-browser', 'browser', 'no answer from the browser in time', expected, 'If the page shows an error, look for its words in docs/troubleshooting.md; after "Deny", Auth0 does not return to a third-party application.')
  const isGood = params.has('code') && params.get('state') === state && (params.get('iss') ?? undefined) === (named === true ? issuer : undefined)
  const found = [...params].map(([name, value]) => `${name} ${name === 'code' || name === 'state' ? '(not shown)' : value}`).join(', ')
  return isGood ? good('login-browser', 'browser', found) : bad('login-browser', 'browser', found, expected, mendOf(found))
}
