import { list, name } from './readers.ts'
import { Expected } from './settings.ts'

const MAX_NAMES = 16
const NAME = /^[A-Za-z_][\w:/.?#=&%~+@-]{0,255}$/
/** The last word of a name whose value is most likely a credential. */
const SECRET = /(?:token|secret|password|passwd|api[_-]?key|private[_-]?key)s?$/i
/** Claims that the caller has under another name. */
const OWN = new Map(Object.entries({
  act: 'actors',
  acr: 'acr',
  aud: 'audience',
  auth_time: 'authenticatedAt',
  azp: 'clientId',
  client_id: 'clientId',
  client_profile: 'clientProfile',
  exp: 'expiresAt',
  gty: 'kind',
  iat: 'issuedAt',
  iss: 'issuer',
  org_id: 'organization',
  org_name: 'organization',
  permissions: 'permissions',
  scope: 'scopes',
  sub: 'subject',
  sub_profile: 'kind'
}))
/** Claims that make the server refuse a token. */
const REFUSED = ['at_hash', 'c_hash', 'cnf', 'events', 'nonce']

/** The names of claims that tools may see, at most 16, separated by commas. */
export function claimNames (text: string): readonly string[] | Expected {
  const names = list(claimName)(text)
  return names instanceof Expected || names.length <= MAX_NAMES ? names : new Expected(`at most ${MAX_NAMES} names`)
}

function claimName (text: string): string | Expected {
  const known = OWN.get(text)
  if (known !== undefined) return new Expected(`other claims than "${text}", which tools have as caller.${known}`)
  if (text.startsWith('caller.')) return new Expected(`the name of the claim as the token has it, and not "${text}", as tools have it`)
  if (REFUSED.includes(text)) return new Expected(`other claims than "${text}": a token that has it is refused`)
  if (text === 'prototype' || text in Object.prototype) return new Expected(`names that no object has by itself, as it has "${text}"`)
  if (SECRET.test(text)) return new Expected('no claim that holds a token, a secret, a password or a key: tools and clients would see it')
  return NAME.test(text) ? name(text) : new Expected('names of claims, each of up to 256 letters, digits and characters of URLs, that begin with a letter or "_"')
}
