import { fetchJson, type JsonAnswer } from '../fetch-json.ts'
import { attempt } from './attempt.ts'
import { bad, good, inWords, type Check } from './check.ts'

const NEEDED = [
  ['pkce', 'code_challenge_methods_supported', 'S256'],
  ['authorization-code', 'response_types_supported', 'code']
] as const
const SETTINGS = 'Dashboard > Settings > Advanced'

/** Checks the discovery document of an issuer as clients use it (RFC 8414 §2). The answer is for the check of the clock. */
export async function checkDiscovery (issuer: string): Promise<{ readonly checks: Check[], readonly answer?: JsonAnswer }> {
  const title = `discovery of ${issuer}`
  const expected = 'status 200 and a JSON object'
  const mend = `Look at ${issuer}.well-known/openid-configuration in a browser, and set AUTH0_DOMAIN to the domain of your tenant (auth0 tenants list).`
  try {
    const answer = await fetchJson(`${issuer}.well-known/openid-configuration`)
    const { status, document } = answer
    if (status !== 200) return { checks: [bad('discovery', title, `status ${status}`, expected, mend)] }
    const checks = [
      good('discovery', title, `status ${status}`),
      name(issuer, document),
      ...NEEDED.map(([id, member, value]) => needed(id, member, value, document)),
      registration(document),
      issParameter(document),
      await alias(issuer, document)
    ]
    return { checks, answer }
  } catch (error) {
    return { checks: [bad('discovery', title, (error as Error).message, expected, mend)] }
  }
}

function name (issuer: string, { issuer: found }: JsonAnswer['document']): Check {
  const title = `issuer name of ${issuer}`
  if (found === issuer) return good('issuer-name', title, issuer)
  return bad('issuer-name', title, inWords(found), inWords(issuer), 'Set AUTH0_DOMAIN to the name that the issuer gives itself, byte for byte: tokens carry it as iss.')
}

function needed (id: 'pkce' | 'authorization-code', member: string, value: string, document: JsonAnswer['document']): Check {
  const title = `${member} has ${value}`
  const found = [document[member]].flat()
  if (found.includes(value)) return good(id, title, inWords(found))
  return bad(id, title, inWords(document[member]), value, 'Clients cannot log in without it. Every Auth0 tenant has it, so AUTH0_DOMAIN names another server.')
}

function registration ({ registration_endpoint: endpoint, client_id_metadata_document_supported: documents }: JsonAnswer['document']): Check {
  const title = 'clients can register'
  const ways = [endpoint && 'dynamic registration is listed', documents && 'client ID metadata documents are listed'].filter(Boolean)
  // Auth0 lists the endpoint also where it is switched off.
  if (ways.length > 0) return good('registration', title, `${ways.join(', ')}; the tenant may still refuse`)
  return bad('registration', title, 'neither registration_endpoint nor client_id_metadata_document_supported', 'one of the two', `Import the documents of your clients and advertise them: auth0 tenant-settings update set client_id_metadata_document_supported (${SETTINGS}), or give each client an id by hand.`)
}

function issParameter ({ authorization_response_iss_parameter_supported: supported }: JsonAnswer['document']): Check {
  const title = 'authorization responses name their issuer'
  return good('iss-parameter', title, supported === true ? 'yes' : `no; better switch it on: ${SETTINGS} > Include Issuer in Authorization Responses`)
}

/** Clients ask for RFC 8414's address first, and for OpenID's only if there is none. Auth0 answers the same at both. */
async function alias (issuer: string, document: JsonAnswer['document']): Promise<Check> {
  const members = ['issuer', 'authorization_endpoint', 'token_endpoint', 'registration_endpoint', 'jwks_uri']
  return attempt('discovery-alias', `${issuer}.well-known/oauth-authorization-server says the same`, 'the same members, or status 404', 'Clients look there first. Something in front of the issuer answers in its place: let it pass the path on.', async () => {
    const { status, document: other } = await fetchJson(`${issuer}.well-known/oauth-authorization-server`)
    const different = members.filter(member => other[member] !== document[member])
    if (status === 404) return ['status 404, so clients use openid-configuration', true]
    return [`status ${status}, ${different.map(member => `${member} ${inWords(other[member])}`).join(', ') || 'the same members'}`, status === 200 && different.length === 0]
  })
}
