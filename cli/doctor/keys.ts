import { fetchKeys } from '../../auth/keys/fetch.ts'
import { readKeySet } from '../../auth/keys/set.ts'
import { bad, good, type Check } from './check.ts'

/**
 * Checks the key set of an issuer as the server reads it.
 * @param timeout seconds
 */
export async function checkKeys (issuer: string, timeout: number): Promise<Check> {
  const title = `keys of ${issuer}`
  const expected = 'a key set with an RSA key for RS256 of 2048 bits or more'
  try {
    const set = readKeySet(issuer, await fetchKeys(`${issuer}.well-known/jwks.json`, 1000 * timeout, new AbortController().signal), new Map())
    const faults = [...set].flatMap(([kid, key]) => typeof key === 'string' ? [`${JSON.stringify(kid)}: ${key}`] : [])
    const usable = set.size - faults.length
    const found = [`${usable} usable`, ...faults].join('; ')
    return usable > 0 ? good('keys', title, found) : bad('keys', title, found, expected, 'Rotate the signing key: auth0 api post keys/signing/rotate (Dashboard > Settings > Signing Keys).')
  } catch (error) {
    return bad('keys', title, (error as Error).message, expected, 'Look at the key set in a browser, and set AUTH0_DOMAIN to the domain of your tenant; JWKS_TIMEOUT sets how long the server waits.')
  }
}
