import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import t from 'tap'
import type { Claims } from '../../auth/claims.ts'
import type { CheckId } from '../../cli/doctor/check.ts'
import { examine } from '../../cli/doctor/examine.ts'
import { rfc9068, startIssuer, type TokenOptions } from '../../dev/issuer.ts'
import { makePair, publicJwk, signJwt } from '../../dev/signing.ts'
import { SCOPES, type Fault } from '../support/doctor.ts'
import { certificate, exchangedBy, exchanging, login, machine, managed, plain, setting, withToken, type Doctored } from '../support/misconfigure.ts'

// Usual mistakes, and the first failed check of the doctor for each. Each row is made with the development issuer,
// the stand-in for the Management API, or a proxy in front of the real server.

/** What is wrong; how it is made, and the command that is run; the first check that fails; what it found; how to mend it. */
type Row = readonly [what: string, made: Doctored, id: CheckId, found: RegExp, mend: RegExp]

const DATE = 'Wed, 01 Jan 2025 00:00:00 GMT'
const NOW = Math.floor(Date.now() / 1000)
const AUDIENCE = 'http://localhost:3000/mcp'
const CALLBACK = 'http://localhost:6274/oauth/callback'
const issuer = await startIssuer({ audience: AUDIENCE, scopes: SCOPES })
t.teardown(() => issuer.close())
const weak = makePair(1024)
issuer.keys.push(weak)
const SECRET = { client_id: 'own', client_secret: 'a secret of the client', application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'], token_endpoint_auth_method: 'client_secret_post' } as const

/** `npm run doctor` */
const SETUP: readonly Row[] = [
  ['the domain of the dashboard', setting('AUTH0_DOMAIN', 'manage.auth0.com'), 'settings', /manage\.auth0\.com/, /Set AUTH0_DOMAIN/],
  ['a resource with a slash at its end', setting('MCP_RESOURCE_URL', 'https://a.example/mcp/'), 'settings', /mcp\/"$/, /Set MCP_RESOURCE_URL/],
  ['a name with a typing error', setting('REQUIRED_ORGS', 'org_1'), 'settings', /^REQUIRED_ORGS, which is no setting/, /Rename REQUIRED_ORGS/],
  ['a number that is none', setting('CLOCK_TOLERANCE', 'much'), 'settings', /^"much"$/, /\.env\.example/],
  // A label of more than 63 characters has no address, so no name server is asked.
  ['a name without an address', setting('AUTH0_DOMAIN', `${'a'.repeat(64)}.example`), 'issuer-dns', /^E/, /auth0 tenants list/],
  ['neither a tenant nor a development issuer', plain({ settings: () => ({ AUTH0_DOMAIN: '', PORT: '1' }) }), 'issuer-connection', /^ECONNREFUSED$/, /npm run dev/],
  ['a port at which nothing listens', setting('AUTH0_DOMAIN', 'http://localhost:1'), 'issuer-connection', /^ECONNREFUSED$/, /firewall/],
  ['plain HTTP where TLS is expected', plain({ settings: (_port, { url }) => ({ AUTH0_DOMAIN: url.replace('http:', 'https:') }) }), 'issuer-tls', /./, /certificate for localhost/],
  ['F-D3 a server that is no issuer', plain({ issuer: (_request, response) => answer(response, 404, {}, '{}') }), 'discovery', /^status 404$/, /openid-configuration in a browser/],
  ['F-D3 a page in place of discovery', plain({ issuer: (_request, response) => answer(response, 200, { 'content-type': 'text/html' }, '<p>a page</p>') }), 'discovery', /^status 200, expected a JSON object, found "<p>a page<\/p>" \(text\/html\)$/, /auth0 tenants list/],
  ['a redirect in place of discovery', plain({ issuer: (_request, response) => answer(response, 302, { location: 'https://other.example/' }) }), 'discovery', /a redirect to https:\/\/other\.example\/$/, /AUTH0_DOMAIN/],
  ['an issuer of another name', plain({ discovery: { issuer: 'https://other.example/' } }), 'issuer-name', /^"https:\/\/other\.example\/"$/, /byte for byte/],
  ['an issuer without a name', plain({ discovery: { issuer: undefined } }), 'issuer-name', /^nothing$/, /AUTH0_DOMAIN/],
  ['an issuer without PKCE', plain({ discovery: { code_challenge_methods_supported: ['plain'] } }), 'pkce', /^"plain"$/, /cannot log in/],
  ['an issuer without codes', plain({ discovery: { response_types_supported: undefined } }), 'authorization-code', /^nothing$/, /cannot log in/],
  ['an issuer at which no client can register', plain({ discovery: { registration_endpoint: undefined } }), 'registration', /^neither/, /auth0 tenant-settings update set client_id_metadata_document_supported \(Dashboard/],
  ['keys that cannot be fetched', plain({ keys: (_request, response) => answer(response, 500) }), 'keys', /^status 500/, /key set in a browser/],
  ['no keys', plain({ keys: (_request, response) => answer(response, 200, {}, '{"keys":[]}') }), 'keys', /^0 usable$/, /auth0 api post keys\/signing\/rotate/],
  ['a key that is too short', plain({ keys: (_request, response) => answer(response, 200, {}, JSON.stringify({ keys: [publicJwk(makePair(1024))] })) }), 'keys', /^0 usable; ".*": shorter than 2048 bits$/, /Signing Keys/],
  ['another clock', plain(dated({ date: DATE })), 'clock', /^this host is \d+ s ahead$/, /NTP/],
  ['a clock that is behind', plain(dated({}, 600)), 'clock', /^this host is \d+ s behind$/, /NTP/],
  ['no date', plain(dated({})), 'clock', /^no Date in the answer$/, /removes or rewrites Date/],
  ['a date that is none', plain(dated({ date: 'today' })), 'clock', /^the Date "today"$/, /removes or rewrites Date/],
  ['F-D4 an audience without the resource', setting('AUTH0_AUDIENCE', 'urn:other'), 'audience', /^"urn:other"$/, /auth0 apis create --identifier http:\/\/localhost:\d+\/mcp \(Dashboard/],
  ['a server that does not run', setting('MCP_RESOURCE_URL', 'http://localhost:1/mcp'), 'server-connection', /^ECONNREFUSED$/, /Start the server/],
  ['a server that does not run, at the default port', setting('MCP_RESOURCE_URL', 'https://localhost/mcp'), 'server-connection', /^ECONNREFUSED$/, /Start the server/],
  ['a server that has another resource', plain({ settings: port => ({ MCP_RESOURCE_URL: `http://localhost:${port}/other` }) }), 'metadata', /./, /MCP_RESOURCE_URL/],
  ['F-D3 a proxy that keeps the metadata', plain({ proxy: ({ url }, response) => url?.startsWith('/.well-known') === true && answer(response, 404, {}, '<p>none</p>') }), 'metadata', /^status 404/, /pass \/\.well-known\/oauth-protected-resource/],
  ['a proxy that removes the challenge', plain({ headers: ({ 'www-authenticate': _removed, ...rest }) => rest }), 'challenge', /^status 401, without WWW-Authenticate$/, /leave WWW-Authenticate/],
  ['a proxy that redirects to another spelling', plain({ proxy: ({ url }, response) => url === '/mcp/' && answer(response, 301, { location: '/mcp' }) }), 'slash', /^status 301, a redirect to \/mcp$/, /without a redirect/],
  ['a proxy that removes Authorization', plain({ proxy: request => { delete request.headers.authorization; return false } }), 'authorization-header', /^status 401, Bearer resource_metadata/, /removes the Authorization header/],
  ['a proxy that answers GET', plain({ proxy: ({ method, url }, response) => method === 'GET' && url === '/mcp' && answer(response, 200) }), 'get', /^status 200$/, /docs\/deployment\.md/],
  ['a proxy that answers preflights', plain({ proxy: ({ method }, response) => method === 'OPTIONS' && answer(response, 200) }), 'preflight', /^status 200, Access-Control-Allow-Headers: none, Access-Control-Allow-Origin: none$/, /pass OPTIONS on/],
  ['a proxy that adds a second Access-Control-Allow-Origin', plain({ headers: headers => ({ ...headers, 'access-control-allow-origin': `*, ${headers['access-control-allow-origin']}` }) }), 'preflight', /, Access-Control-Allow-Origin: \*, http:/, /add no CORS headers of its own/],
  ['a proxy that hangs up', plain({ proxy: ({ method, socket }) => { if (method === 'OPTIONS') socket.destroy(); return method === 'OPTIONS' } }), 'preflight', /^no answer from/, /pass OPTIONS on/],
  ['a certificate that has expired', certificate({ host: 'localhost', expires: Date.now() - 1000 }, true), 'issuer-tls', /^CERT_HAS_EXPIRED: certificate has expired/, /Renew the certificate/],
  ['a self-signed certificate', certificate({ host: 'localhost' }, false), 'issuer-tls', /^DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate/, /public authority/],
  ['a certificate of another host', certificate({ host: 'other.example' }, true), 'issuer-tls', /^ERR_TLS_CERT_ALTNAME_INVALID: .*DNS:other\.example$/, /for another host/],
  ['another issuer at the first address of discovery', plain({ issuer: at('/.well-known/oauth-authorization-server', { issuer: 'https://other.example/' }) }), 'discovery-alias', /^status 200, issuer "https:\/\/other\.example\/", /, /in front of the issuer/],
  ['a page at the first address of discovery', plain({ issuer: at('/.well-known/oauth-authorization-server', '<p>a page</p>') }), 'discovery-alias', /found "<p>a page/, /in front of the issuer/],
  ['a proxy that removes MCP-Protocol-Version', withToken({ proxy: without('mcp-protocol-version') }), 'mcp-headers', /^status 400, code -32020, message "Header mismatch: the mcp-protocol-version header is missing"$/, /removes or changes this header/],
  ['a proxy that removes Mcp-Method', withToken({ proxy: without('mcp-method') }), 'mcp-headers', /the mcp-method header is missing/, /pass it on/],
  ['a proxy that removes Mcp-Name', withToken({ proxy: without('mcp-name') }), 'mcp-headers', /the mcp-name header is missing/, /pass it on/],
  ['a proxy that rewrites streams', withToken({ headers: headers => headers['content-type'] === 'text/event-stream' ? { ...headers, 'content-type': 'text/plain' } : headers }), 'stream', /^status 200, text\/plain$/, /pass text\/event-stream on/],
  ['a proxy that packs streams', withToken({ headers: headers => headers['content-type'] === 'text/event-stream' ? { ...headers, 'content-encoding': 'identity' } : headers }), 'stream', /text\/event-stream, identity$/, /unpacked and unbuffered/],
  ['a server with other settings', withToken({ proxy: (request, response) => request.headers['mcp-method'] === 'tools/list' && answer(response, 403, {}, '{"error":{"message":"no"}}') }), 'tools-list', /^status 403, message "no"$/, /compare \.env/],
  ['a machine without a grant', machine({ machineGrant: false }), 'machine-token', /^http.* gave no token: status 403, access_denied: Client "dev-m2m" is not authorized to access/, /client-grants/],
  ['a tenant that gives no token', withToken({ issuer: at('/oauth/token', { access_token: 7 }) }), 'machine-token', /status 200, without a cause$/, /docs\/troubleshooting\.md/],
  ['a wrong secret', machine({}, { AUTH0_CLIENT_SECRET: 'wrong' }), 'machine-token', /invalid_client/, /auth0 apps show CLIENT_ID/],
  ['an audience that is no API', machine({}, { AUTH0_AUDIENCE: 'urn:none,MCP' }), 'audience', /^"urn:none", "MCP"$/, /add it to AUTH0_AUDIENCE/],
  ['an API that signs with HS256', machine({ signingAlg: 'HS256' }), 'token-kind', /HS256/, /"signing_alg":"RS256"/],
  ['an API without this identifier', managed(() => {}), 'drift', /^no API http/, /npm run tenant -- apply/],
  ['an API that lacks a permission', managed((state, identifier) => { state.resourceServers.push({ id: 'api', identifier, scopes: [{ value: 'tool:old', description: '' }] }) }), 'drift', /^tool:old; no tool needs tool:old$/, /Permissions/],
  ['a Management token without a permission', managed(() => {}, { without: ['read:resource_servers'] }), 'drift', /lacks the permission read:resource_servers/, /AUTH0_MGMT_TOKEN/],
  ['a Management token that has expired', managed(() => {}, {}, { AUTH0_MGMT_TOKEN: 'old' }), 'drift', /status 401, the token has expired/, /AUTH0_MGMT_TOKEN/],
  ['a tool that calls an API, without OBO_CLIENT_ID', exchanging({}, { OBO_CLIENT_ID: '', OBO_CLIENT_SECRET: '' }), 'exchange-client', /^OBO_CLIENT_ID is not set$/, /cannot call their API: orders\. Make the application: npm run tenant -- apply/],
  ['a wrong secret for the exchange', exchanging({}, { OBO_CLIENT_SECRET: 'wrong-wrong-wrong-wrong' }), 'exchange-credentials', /^status 401, invalid_client/, /OBO_CLIENT_SECRET or OBO_PRIVATE_KEY_FILE/],
  ['an application that may not exchange', exchanging({ exchange: false }), 'exchange-credentials', /^status 403, .*may not exchange/, /npm run tenant -- apply/],
  ['an application without a user grant', exchanging({ apis: [] }), 'exchange-credentials', /not authorized to access/, /user grant/],
  ['a machine in place of the application', exchanging({}, { OBO_CLIENT_ID: 'dev-m2m', OBO_CLIENT_SECRET: 'dev-m2m-secret-16' }), 'exchange-credentials', /invalid_client/, /auth0 apps show/],
  ['an issuer that gives a token for anything', exchangedBy({ issuer: at('/oauth/token', { access_token: 'eyJh.eyJh.x', scope: 'a' }) }), 'exchange-credentials', /^status 200, scope "a"$/, /Logs/],
  ['a page in place of the token endpoint', exchangedBy({ issuer: at('/oauth/token', '<p>a page</p>') }), 'exchange-credentials', /expected a JSON object/, /OBO_CLIENT_ID/],
  ['a tenant without the application', exchangedBy({ issuer: refusing }, state => { state.resourceServers.push({ id: 'o', identifier: 'https://orders.example', scopes: [{ value: 'read:orders' }], skip_consent_for_verifiable_first_party_clients: true }) }), 'exchange-drift', /OBO_CLIENT_ID is "dev-obo", and the tenant has no such application.* create application .* create user grant/, /npm run tenant -- apply/],
  ['a tenant without the other API', exchangedBy({ issuer: refusing }), 'exchange-drift', /no API https:\/\/orders\.example/, /owner/]
]

/** `npm run doctor -- --token` */
const TOKENS: readonly Row[] = [
  ['nothing at all', token('  \n'), 'token-bearer', /^no_credentials$/, /shell variable was most likely empty/],
  ['two words', token('one two'), 'token-kind', /^an opaque token/, /"resource" and Auth0 ignored it/],
  ['a placeholder of a template', token('${TOKEN}'), 'token-kind', /^a placeholder$/, /./], // eslint-disable-line no-template-curly-in-string
  ['an opaque token', token('v3ryRand0mOpaque'), 'token-kind', /^an opaque token/, /resource_parameter_profile.*Dashboard > Settings > Advanced/],
  ['a JWE without an audience', token(jwe({ alg: 'dir', enc: 'A256GCM', iss: issuer.url })), 'token-kind', /encrypted token \(JWE\).*without an audience/, /Resource Parameter Compatibility Profile/],
  ['a JWE of an API', token(jwe({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })), 'token-kind', /API that encrypts/, /token_encryption/],
  ['a token that lost its end', token(issuer.token().split('.').slice(0, 2).join('.')), 'token-kind', /^no token/, /pipe it instead/],
  ['HS256', token(signJwt({ alg: 'HS256', typ: 'JWT', kid: 'k' }, { iss: issuer.url }, weak.privateKey)), 'token-kind', /HS256/, /"signing_alg":"RS256"/],
  ['another algorithm', token(claims({}, { header: { alg: 'ES256' } })), 'token-header', /^algorithm: "ES256"$/, /"signing_alg":"RS256"/],
  ['an extension', token(claims({}, { header: { crit: ['x'] } })), 'token-header', /^critical_header: "crit"$/, /another issuer/],
  ['Auth0\'s own profile where RFC 9068\'s is asked for', token(claims(rfc9068()), { TOKEN_PROFILE: 'rfc9068' }), 'token-header', /^token_type: "JWT"$/, /rfc9068_profile_authz/],
  ['no key id', token(claims({}, { header: { kid: undefined } })), 'token-header', /^no_key_id: iss "http.*", kid nothing$/, /Auth0 always writes one/],
  ['an ID token', token(claims({ nonce: 'n', aud: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja', azp: undefined, scope: undefined })), 'token-kind', /^an ID token$/, /must take access_token/],
  ['a logout token', token(claims({ events: {} })), 'token-kind', /logout token/, /by mistake/],
  ['a token bound to a key', token(claims({ cnf: { jkt: 'x' } })), 'token-kind', /bound to a key/, /proof_of_possession.*Sender Constraining/],
  ['another issuer', token(claims({ iss: 'https://other.eu.auth0.com/' })), 'token-key', /^issuer_mismatch: "https:\/\/other/, /every domain that clients use in AUTH0_DOMAIN/],
  ['an issuer without its slash', token(claims({ iss: issuer.url.slice(0, -1) })), 'token-key', /^issuer_slash_only/, /ends with a slash/],
  ['an unknown key', token(claims({}, { header: { kid: 'unknown' } })), 'token-key', /^unknown_key/, /get a new token/],
  ['a key that is too short', token(claims({}, { key: weak })), 'token-key', /^key_unusable: "shorter than 2048 bits"$/, /key set/],
  ['another key of the same name', token(claims({}, { key: { ...makePair(), kid: issuer.keys[0]?.kid as string } })), 'token-signature', /^bad_signature/, /edited the token/],
  ['no audience', token(claims({ aud: undefined })), 'token-claims', /^audience_missing$/, /asked for no API/],
  ['another audience', token(claims({ aud: 'https://api.example.com' })), 'token-claims', /^audience_mismatch: "https:\/\/api\.example\.com"$/, /Default Audience/],
  ['a slash too many', token(claims({ aud: `${AUDIENCE}/` })), 'token-claims', /^audience_slash_only/, /create a second API/],
  ['no subject', token(claims({ sub: '' })), 'token-claims', /^subject/, /cannot remove sub/],
  ['no client', token(claims({ azp: undefined })), 'token-claims', /^client$/, /names its client/],
  ['two clients', token(claims({ client_id: 'other' })), 'token-claims', /^client_mismatch/, /never writes both/],
  ['an expired token', token(claims({ iat: NOW - 7200, exp: NOW - 3600 })), 'token-claims', /^expired: \d+$/, /offline_access/],
  ['a time in milliseconds', token(claims({ exp: NOW * 1000 })), 'token-claims', /^expiry/, /milliseconds/],
  ['an issue after the end', token(claims({ iat: NOW + 9e5 })), 'token-claims', /^issued_at/, /milliseconds/],
  ['a clock that is behind', token(claims({ iat: NOW + 600 })), 'token-claims', /^issued_in_future/, /by NTP/],
  ['a token for later', token(claims({ nbf: NOW + 600 })), 'token-claims', /^not_yet_valid/, /by NTP/],
  ['a token that is too old', token(claims({ iat: NOW - 60 }), { MAX_TOKEN_AGE: '1' }), 'token-claims', /^too_old/, /--token-lifetime 3600/],
  ['no jti', token(claims({ ...rfc9068(), jti: undefined }, { header: { typ: 'at+jwt' } }), { TOKEN_PROFILE: 'rfc9068' }), 'token-claims', /^token_id$/, /only in RFC 9068's profile/],
  ['a scope that is a list', token(claims({ scope: ['tool:whoami'] })), 'token-claims', /^scope_claim$/, /one string with spaces/],
  ['a broken actor', token(claims({ act: {} })), 'token-claims', /^actor$/, /delegation/],
  ['a client that is not allowed', token(claims({}), { ALLOWED_CLIENTS: 'other' }), 'token-admission', /^client_not_allowed/, /new id each time/],
  ['no organization', token(claims({}), { REQUIRED_ORG: 'org_1' }), 'token-admission', /^organization$/, /without the organization/],
  ['a machine', token(claims({ gty: 'client-credentials' }), { ALLOW_M2M: 'false' }), 'token-admission', /^machine_not_allowed/, /client credentials/],
  ['an empty scope', token(claims({ scope: undefined })), 'token-scopes', /^insufficient_scope: an empty list$/, /auth0 users roles assign/],
  ['a user without the permission of the other API', exchanging({}, {}, { sub: 'auth0|b0b000000000000000000002' }), 'exchange', /^status 200, scope ""$/, /by a role/],
  ['an exchange that is switched off', exchanging({ exchange: false }, {}, {}), 'exchange', /^status 403, access_denied: .*may not exchange/, /user grant/]
]

/** `npm run doctor -- --login` */
const LOGINS: readonly Row[] = [
  ['dynamic registration that is off', login({ dcr: false, cimd: false }), 'login-registration', /registration is disabled/, /enable_dynamic_client_registration/],
  ['a client that does not exist', login({}, { clientId: 'gone' }), 'login-request', /Unknown client: gone/, /cimd\/register/],
  ['a metadata document that was not imported', login({ documents: [] }, { clientId: 'https://client.example.com/c.json' }), 'login-request', /Unknown client: https/, /cimd\/register/],
  ['a callback that is not registered', login({ clients: [{ client_id: 'own', redirect_uris: [CALLBACK] }] }, { clientId: 'own', callback: 'http://127.0.0.1:0/other' }), 'login-request', /Callback URL mismatch/, /--callback/],
  ['an ignored resource', login({ resourceParameter: false }), 'login-request', /userinfo audience/, /resource_parameter_profile/],
  ['an ignored resource, for an own client', login({ resourceParameter: false, clients: [{ client_id: 'own', application_type: 'native', redirect_uris: ['http://127.0.0.1/callback'] }] }, { clientId: 'own' }), 'token-kind', /encrypted/, /Resource Parameter Compatibility Profile/],
  ['a missing grant', login({ thirdPartyGrant: 'none' }), 'login-request', /not authorized to access/, /default_for/],
  ['a missing connection', login({ domainConnection: false }), 'login-request', /no connections enabled/, /is_domain_connection/],
  ['a grant without the scope', login({ thirdPartyGrant: [] }), 'token-scopes', /insufficient_scope/, /client grant lacks it/],
  ['a default audience', login({ defaultAudience: 'https://other.example' }), 'token-claims', /audience_mismatch/, /Default Audience/],
  ['HS256', login({ signingAlg: 'HS256' }), 'token-kind', /HS256/, /"signing_alg":"RS256"/],
  ['a denied consent', login({}, { waitMs: 2000 }, { answer: 'deny' }), 'login-browser', /no answer from the browser/, /Deny/],
  ['a denied consent of an own client', login({ redirectErrors: true }, {}, { answer: 'deny' }), 'login-browser', /access_denied/, /docs\/troubleshooting\.md/],
  ['dynamic registration that is off, where documents are taken', login({ dcr: false, cimd: true, documents: [] }), 'login-registration', /registration is disabled/, /none of vscode, claude-code can log in.*apply --client vscode/],
  ['a wrong secret of a client', login({ clients: [SECRET] }, { clientId: 'own', clientSecret: 'wrong' }), 'login-token', /invalid_client/, /auth0 apps show CLIENT_ID/],
  ['a client with a secret that is not given', login({ clients: [SECRET] }, { clientId: 'own' }), 'login-token', /invalid_/, /auth0 apps show CLIENT_ID/],
  ['a user without the role', login({}, {}, { email: 'bob@example.com' }), 'token-scopes', /insufficient_scope: an empty list/, /auth0 users roles assign/],
  ['an organization that is asked for', login({}, {}, {}, { REQUIRED_ORG: 'org_1' }), 'mcp-headers', /^status 403/, /./]
]

for (const [mode, rows] of [['', SETUP], [' --token', TOKENS], [' --login', LOGINS]] as const) {
  for (const [what, made, id, found, mend] of rows) {
    const [ids = ''] = /^(?:F-D\d )?/.exec(what) ?? []
    t.test(`${ids}doctor${mode} names the cause first: ${what.slice(ids.length)}`, async t => {
      const checks = await made(t)
      t.match(checks.find(({ ok }) => !ok), { id, found, mend, expected: /./ })
      t.notMatch(JSON.stringify(checks), /undefined|NaN|\[object|fetch failed|Unexpected token|eyJ[\w-]+\.eyJ/)
    })
  }
}

/** `npm run doctor -- --token`, at an issuer without a fault. */
function token (text: string, settings: Record<string, string> = {}): Doctored {
  return () => examine({ AUTH0_DOMAIN: issuer.url, ...settings }, { token: text })
}

function claims (claims: Claims, options?: TokenOptions): string {
  return issuer.token(claims, options)
}

function jwe (header: Claims): string {
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), '', 'aXZpdml2aXZpdg', 'Y2lwaGVydGV4dA', 'dGFndGFndGFn'].join('.')
}

function answer (response: ServerResponse, status: number, headers = {}, body = ''): boolean {
  response.writeHead(status, headers).end(body)
  return true
}

function without (name: string): NonNullable<Fault['proxy']> {
  return ({ headers }) => delete headers[name] && false
}

/** A good discovery document, with something else at one path. */
function at (path: string, other: unknown): RequestListener {
  return ({ url, headers }, response) => response.end(url === path ? typeof other === 'string' ? other : JSON.stringify(other) : discovery(headers.host))
}

/** An issuer with other headers, and with a Date that is so many seconds off. */
function dated (headers: Record<string, string>, seconds?: number): Fault {
  return {
    issuer (request, response) {
      response.sendDate = false
      if (seconds !== undefined) response.setHeader('date', new Date(Date.now() + 1000 * seconds).toUTCString())
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
      response.end(discovery(request.headers.host))
    }
  }
}

/** An issuer that refuses each exchange, since the token is none. */
function refusing ({ url, headers: { host } }: IncomingMessage, response: ServerResponse): void {
  if (url === '/oauth/token') answer(response, 400, {}, '{"error":"invalid_request"}')
  else response.end(discovery(host))
}

function discovery (host = ''): string {
  return JSON.stringify({ issuer: `http://${host}/`, code_challenge_methods_supported: ['S256'], response_types_supported: ['code'], registration_endpoint: 'r' })
}
