import { metadataPaths, metadataUrl } from '../../auth/metadata.ts'
import type { Config } from '../../config.ts'
import { ask, fetchJson } from '../fetch-json.ts'
import { attempt } from './attempt.ts'
import { inWords, LOOK_AT_PROXY, type Check } from './check.ts'
import { checkReach } from './reach.ts'

const START = 'Start the server ("npm run dev" or "npm start"), and set MCP_RESOURCE_URL to the URL that clients use, that of the proxy or tunnel.'
const CLIENT_HEADERS = 'authorization, content-type, mcp-protocol-version, mcp-method, mcp-name'
const POST = { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }, body: '{"jsonrpc":"2.0","id":1,"method":"ping"}' }

/** Checks the running server from outside, at the URL that clients use. It sends no credentials. */
export async function checkOutside (config: Config): Promise<Check[]> {
  const { resourceUrl } = config
  const reach = await checkReach('server', resourceUrl, START)
  if (reach.some(({ ok }) => !ok)) return reach

  const { origin } = new URL(resourceUrl)
  const places = metadataPaths(resourceUrl).map(path => checkMetadata(origin + path, config))
  return [...reach, ...await Promise.all([...places, challenge(config), slash(config), authorization(resourceUrl), get(resourceUrl), preflight(resourceUrl)])]
}

async function checkMetadata (url: string, { resourceUrl, issuers }: Config): Promise<Check> {
  const expected = `status 200, resource ${inWords(resourceUrl)}, authorization_servers ${inWords(issuers)}`
  return attempt('metadata', `metadata at ${url}`, expected, `${START} A running server reads .env only when it starts: restart it after a change. The proxy has to pass /.well-known/oauth-protected-resource and what is under it to the server.`, async () => {
    const { status, document: { resource, authorization_servers: servers } } = await fetchJson(url)
    const found = `status ${status}, resource ${inWords(resource)}, authorization_servers ${inWords(servers)}`
    return [found, found === expected]
  })
}

/** A request without a token gets the challenge that starts a login (RFC 9728 §5.1). */
async function challenge ({ resourceUrl }: Config): Promise<Check> {
  const url = metadataUrl(resourceUrl)
  return attempt('challenge', 'a request without a token gets a challenge', `status 401 with resource_metadata ${inWords(url)} and a scope`, `${START} The proxy must not answer itself, and must leave WWW-Authenticate as it is.`, async () => {
    const { status, header } = await post(resourceUrl)
    return [describe(status, header), status === 401 && /^bearer /i.test(header) && parameter(header, 'resource_metadata') === url && parameter(header, 'scope') !== undefined]
  })
}

/** Some clients add a slash to the URL. */
async function slash ({ resourceUrl }: Config): Promise<Check> {
  return attempt('slash', `${resourceUrl}/ is the same endpoint`, 'status 401, as without the slash', `The proxy must pass both spellings on without a redirect, which loses the body and the token. ${LOOK_AT_PROXY}`, async () => {
    const { status, header } = await post(`${resourceUrl}/`)
    return [describe(status, header), status === 401]
  })
}

/** Sends a bad token: the error `invalid_token` shows that the header arrived. */
async function authorization (resourceUrl: string): Promise<Check> {
  return attempt('authorization-header', 'the Authorization header arrives', 'status 401 with error "invalid_token"', `The proxy removes the Authorization header: pass it on. ${LOOK_AT_PROXY}`, async () => {
    const { status, header } = await post(resourceUrl, { authorization: 'Bearer no-token-only-a-probe' })
    return [describe(status, header), status === 401 && parameter(header, 'error') === 'invalid_token']
  })
}

async function get (resourceUrl: string): Promise<Check> {
  return attempt('get', 'GET is refused', 'status 405', `Another program answers, or the proxy does. ${LOOK_AT_PROXY}`, async () => {
    const response = await ask(resourceUrl, { headers: { accept: 'text/event-stream' } })
    await response.body?.cancel()
    return [`status ${response.status}`, response.status === 405]
  })
}

async function preflight (resourceUrl: string): Promise<Check> {
  const { origin } = new URL(resourceUrl)
  const expected = `status 204, Access-Control-Allow-Headers: ${CLIENT_HEADERS}, Access-Control-Allow-Origin: ${origin}`
  const mend = `The proxy must pass OPTIONS on and add no CORS headers of its own; ALLOWED_ORIGINS lists further pages. ${LOOK_AT_PROXY}`
  return attempt('preflight', 'a page may call the server (CORS preflight)', expected, mend, async () => {
    const headers = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': CLIENT_HEADERS }
    const { status, headers: answered } = await ask(resourceUrl, { method: 'OPTIONS', headers })
    const allowed = answered.get('access-control-allow-headers')
    const from = answered.get('access-control-allow-origin')
    const found = `status ${status}, Access-Control-Allow-Headers: ${allowed ?? 'none'}, Access-Control-Allow-Origin: ${from ?? 'none'}`
    return [found, status === 204 && allowed === CLIENT_HEADERS && from === origin]
  })
}

/** Posts a message. `header` is the challenge, or says where a redirect leads. */
async function post (url: string, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number, readonly header: string }> {
  const response = await ask(url, { ...POST, headers: { ...POST.headers, ...headers } })
  await response.body?.cancel()
  const location = response.headers.get('location')
  return { status: response.status, header: location === null ? response.headers.get('www-authenticate') ?? '' : `a redirect to ${location}` }
}

function describe (status: number, header: string): string {
  return `status ${status}, ${header || 'without WWW-Authenticate'}`
}

/** A parameter of a challenge, read by the pattern that the MCP SDKs use. */
function parameter (header: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(header)?.[1]
}
