import type { JsonAnswer } from '../../fetch-json.ts'
import { bad, inWords, type Check, type CheckId } from '../check.ts'

const PROFILE = 'switch the Resource Parameter Compatibility Profile on: auth0 api patch tenants/settings --data \'{"resource_parameter_profile":"compatibility"}\' (Dashboard > Settings > Advanced)'

/** Messages of Auth0, and how to correct the tenant. */
const CAUSES: ReadonlyArray<readonly [words: RegExp, mend: string]> = [
  [/dynamic client registration is disabled/i, 'Auth0 lists the registration endpoint even where it is off: allow it with auth0 tenant-settings update set flags.enable_dynamic_client_registration (Dashboard > Settings > Advanced), or pass the id of a client with --client-id.'],
  [/userinfo audience is not allowed/i, `Auth0 ignored "resource": ${PROFILE}.`],
  [/Service not (?:found|enabled within domain)/i, 'No API has this identifier, often because of a slash: an identifier cannot be edited, so create an API: auth0 apis create --identifier "$MCP_RESOURCE_URL" (Dashboard > Applications > APIs > Create API).'],
  [/is not authorized to access resource server/i, 'The client has no grant for the API: auth0 api post client-grants --data \'{"default_for":"third_party_clients","audience":"MCP_RESOURCE_URL","scope":["SCOPE"],"subject_type":"user"}\' (Dashboard > Applications > APIs > your API > Settings > Default Permissions).'],
  [/no connections enabled/i, 'Third-party applications need a connection at domain level: auth0 api patch connections/CON_ID --data \'{"is_domain_connection":true,"display_name":"NAME"}\' (Dashboard > Authentication > your connection).'],
  [/Unknown client/i, 'No client has this id. A metadata document has to be imported: auth0 api post clients/cimd/register --data \'{"external_client_id":"URL"}\' (Dashboard > Applications > Create > Import from URL).'],
  [/access_denied: Unauthorized|invalid_client/, 'The id or the secret of the application is wrong, or it was rotated: auth0 apps show CLIENT_ID --reveal-secrets (Dashboard > Applications > your application > Settings).'],
  [/no audience parameter|no default audience/i, 'The request named no API: set AUTH0_AUDIENCE to the identifier of yours (Dashboard > Applications > APIs).'],
  [/parameter organization is invalid/i, 'The organization does not admit third-party applications: auth0 api patch organizations/ORG_ID --data \'{"third_party_client_access":"allow"}\' (Dashboard > Organizations > your organization), and its connection must be at domain level.'],
  [/Callback URL mismatch/i, 'Auth0 compares callbacks exactly, with the port: add the one of this command to the client, or pass a registered one with --callback.']
]

const OTHER = 'Look for these words in docs/troubleshooting.md, and at Dashboard > Monitoring > Logs.'

/** The mend for an answer of Auth0, by its words. */
export function mendOf (text: string): string {
  return CAUSES.find(([words]) => words.test(text))?.[1] ?? OTHER
}

/** The known message of Auth0 in a page of HTML, or else the beginning of its text: up to 200 characters. */
export function wordsIn (html: string): string {
  const text = html.replace(/<style>[^]*?<\/style>|<[^>]*>/g, ' ').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replace(/\s+/g, ' ')
  const at = Math.min(...CAUSES.map(([words]) => text.search(words)).filter(index => index >= 0))
  return text.slice(at === Infinity ? 0 : at, (at === Infinity ? 0 : at) + 200).trim()
}

/** The check of a request that the issuer refused, with the mend for its words. */
export function refused (id: CheckId, title: string, { status, document }: Pick<JsonAnswer, 'status' | 'document'>, expected: string): Check {
  const found = `status ${status}, ${inWords(document)}`
  return bad(id, title, found, expected, mendOf(found))
}
