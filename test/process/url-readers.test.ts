import t from 'tap'
import { loadConfig } from '../../config.ts'
import { GOOD, only, problems } from '../support/settings.ts'

t.test('AUTH0_DOMAIN is a domain, a host or the URL of an issuer; several are separated by commas', t => {
  const load = (text?: string) => loadConfig({ ...(text !== undefined && { AUTH0_DOMAIN: text }) }).issuers
  for (const text of [undefined, '', ' ']) t.match(problems(() => load(text)), [/^AUTH0_DOMAIN: not set, expected the domain of your tenant/])

  const accepted = {
    'tenant.eu.auth0.com': ['https://tenant.eu.auth0.com/'],
    'Tenant.EU.auth0.com/': ['https://tenant.eu.auth0.com/'],
    'https://tenant.eu.auth0.com': ['https://tenant.eu.auth0.com/'],
    'https://tenant.eu.auth0.com/': ['https://tenant.eu.auth0.com/'],
    'https://id.example.com/realm': ['https://id.example.com/realm/'],
    'http://localhost:4000': ['http://localhost:4000/'],
    'http://127.0.0.1:4000/': ['http://127.0.0.1:4000/'],
    'id.example.com, tenant.eu.auth0.com,https://id.example.com/': ['https://id.example.com/', 'https://tenant.eu.auth0.com/']
  }
  for (const [text, issuers] of Object.entries(accepted)) t.strictSame(load(text), issuers, text)

  const refused = ['http://tenant.eu.auth0.com/', 'https:/tenant.eu.auth0.com', 'https:tenant.eu.auth0.com', 'ftp://tenant.eu.auth0.com', 'https://a:b@tenant.eu.auth0.com/', 'a@tenant.eu.auth0.com', 'https://tenant.eu.auth0.com/?a', 'https://tenant.eu.auth0.com/#a', 'tenant.eu.auth0.com?a', 'a b', 'a,b c', '*.auth0.com', 'http://localhost.evil.example/', ',']
  for (const text of refused) t.match(problems(() => load(text)), [`AUTH0_DOMAIN: found ${JSON.stringify(text.replace('a:b@', '…@'))}, expected `])
  t.end()
})

t.test('F-C2 refuses the address of an endpoint, and says which domain to write', async t => {
  const paths = ['.well-known/openid-configuration', '.well-known/jwks.json', '.well-known/oauth-authorization-server', 'oauth/token', 'authorize', 'oidc/register', 'userinfo', 'oauth/revoke', 'v2/logout', 'api/v2/', 'u/login', 'oauth/device/code', 'login', 'dbconnections/signup', 'passwordless/start', 'oauth/token/', 'mcp']
  for (const path of paths) {
    for (const prefix of ['https://', '']) t.match(only('AUTH0_DOMAIN', `${prefix}tenant.eu.auth0.com/${path}`), /expected the domain without a path, "tenant\.eu\.auth0\.com"; several/, prefix + path)
    if (path !== 'mcp') t.match(only('AUTH0_DOMAIN', `https://id.example.com/${path}`), /expected the domain without a path, "id\.example\.com"/, 'of a custom domain')
  }
  for (const [text, expected] of [
    ['https://id.example.com/realms/a/protocol/openid-connect/token', '"https://id.example.com/realms/a/"'],
    ['https://id.example.com/oauth2/default/v1/keys', '"https://id.example.com/oauth2/default/"'],
    ['http://localhost:3001/oauth/token', '"http://localhost:3001/"'],
    ['https://id.example.com:8443/authorize', '"id.example.com:8443"']
  ] as const) t.match(only('AUTH0_DOMAIN', text), `expected the domain without a path, ${expected}`)

  for (const domain of ['https://manage.auth0.com/dashboard/eu/tenant/', 'auth0.com', 'manage.auth0.com', 'https://auth0.com/docs']) t.match(only('AUTH0_DOMAIN', domain), /the domain of your tenant, such as/, domain)
  t.match(only('AUTH0_DOMAIN', 'tenant'), /the whole domain/)
  t.match(only('AUTH0_DOMAIN', 'tenant.eu.auth0.com.'), /without a dot at the end, "tenant\.eu\.auth0\.com"/)
  t.match(only('AUTH0_DOMAIN', 'tenant.eu.auth0.com:8443.'), /host name|absolute URL/)
  for (const [text, issuer] of [['https://id.example.com/oauth2/default', 'https://id.example.com/oauth2/default/'], ['localhost', 'https://localhost/'], ['idp:8443', 'https://idp:8443/'], ['https://idp/realm/', 'https://idp/realm/']] as const) {
    t.strictSame(loadConfig({ ...GOOD, AUTH0_DOMAIN: text }).issuers, [issuer])
  }
})

t.test('F-C3 refuses a path that the server has a route of its own for', async t => {
  for (const [path, route] of [['health/live', 'health'], ['health/ready', 'health'], ['health', 'health'], ['.well-known/oauth-protected-resource', '.well-known'], ['.well-known/oauth-protected-resource/mcp', '.well-known']]) {
    t.match(only('MCP_RESOURCE_URL', `https://mcp.example.com/${path}`), `expected another path, such as "/mcp": this server has routes of its own under "/${route}"`)
  }
  for (const path of ['healthy', 'api/health/live', 'mcp/.well-known']) t.doesNotThrow(() => loadConfig({ ...GOOD, MCP_RESOURCE_URL: `https://mcp.example.com/${path}` }))
})

t.test('F-C4 says how a URL differs from its canonical form', async t => {
  for (const [text, expected] of [
    ['https://mcp.example.com:443/mcp', 'without the port that https:// implies, "https://mcp.example.com/mcp"'],
    ['https://mcp.example.com:0443/mcp', 'without the port that https:// implies'],
    ['http://localhost:80/mcp', 'without the port that http:// implies, "http://localhost/mcp"'],
    ['https://MCP.example.com/mcp', 'in lower case, "https://mcp.example.com/mcp"'],
    ['HTTPS://mcp.example.com/Mcp', 'in lower case, "https://mcp.example.com/Mcp"'],
    ['https://Mcp.example.com:443/mcp/', 'in lower case and without the port that https:// implies and without a trailing slash, "https://mcp.example.com/mcp"']
  ] as const) t.match(only('MCP_RESOURCE_URL', text), `expected its canonical form ${expected}`)
  for (const [text, expected] of [['https://App.example.com:443/', 'https://app.example.com'], ['https://app.example.com/path', 'https://app.example.com'], ['chrome-extension://abc/', 'chrome-extension://abc']] as const) {
    t.match(only('ALLOWED_ORIGINS', text), `expected an origin in its canonical form, "${expected}"`)
  }
})

t.test('F-R2 accepts the origins of apps and extensions unchanged', async t => {
  for (const origin of ['chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb', 'moz-extension://6f1a2b3c-0000-4000-8000-000000000000', 'vscode-webview://0abc', 'vscode-file://vscode-app', 'app://obsidian.md', 'tauri://localhost', 'capacitor://localhost', 'ionic://localhost']) {
    t.strictSame(loadConfig({ ...GOOD, ALLOWED_ORIGINS: `${origin},https://app.example.com` }).allowedOrigins.exact, [origin, 'https://app.example.com'])
  }
  for (const text of ['chrome-extension:abc', 'data:text/plain,x', 'chrome-extension://', 'app://a b', 'chrome-extension://abc/page.html', 'app://a?b', 'file:///etc']) t.ok(only('ALLOWED_ORIGINS', text), text)
})
