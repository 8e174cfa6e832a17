import t from 'tap'
import { metadataPaths, metadataUrl } from '../../auth/metadata.ts'
import { build, METADATA } from '../support/build.ts'
import { hang } from '../support/keys.ts'

const PATHS = ['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource/mcp/', '/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/']

t.test('A1 A2 A3 A9 serves the same document at each of its paths', async t => {
  const { app, issuer } = await build(t)
  for (const url of PATHS) {
    const { statusCode, headers, body } = await app.inject({ url })
    t.equal(statusCode, 200)
    t.equal(headers['content-type'], 'application/json; charset=utf-8')
    t.equal(headers['www-authenticate'], undefined)
    t.match(headers, { 'access-control-allow-origin': '*', 'x-content-type-options': 'nosniff', 'cache-control': /^public, max-age=/ })
    t.strictSame(JSON.parse(body), {
      resource: 'http://localhost:3000/mcp',
      authorization_servers: [issuer.url],
      scopes_supported: ['tool:whoami'],
      bearer_methods_supported: ['header'],
      resource_name: 'MCP server behind Auth0'
    })
    t.notMatch(body, /openid|profile|email|offline_access|null|\[\]/)
    t.match(JSON.parse(body).authorization_servers[0], /\/$/, 'the issuer as it calls itself')
  }
})

t.test('A4 answers HEAD and OPTIONS', async t => {
  const { app } = await build(t)
  for (const url of PATHS) {
    const head = await app.inject({ method: 'HEAD', url })
    t.equal(head.statusCode, 200)
    t.equal(head.body, '')
    const headers = { origin: 'https://anybody.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'mcp-protocol-version' }
    const options = await app.inject({ method: 'OPTIONS', url, headers })
    t.equal(options.statusCode, 204)
    t.match(options.headers, { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'mcp-protocol-version', 'access-control-allow-methods': /GET/ })
  }
})

t.test('A5 answers 405 to any other method', async t => {
  const { app } = await build(t)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const) {
    const { statusCode, headers } = await app.inject({ method, url: PATHS[0] ?? '' })
    t.equal(statusCode, 405)
    t.match(headers, { allow: 'GET, HEAD, OPTIONS', 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
  }
})

t.test('A6 A7 serves the same document whatever token, Host or X-Forwarded header a request has', async t => {
  const { app, whoami } = await build(t)
  const url = PATHS[0] ?? ''
  const { body } = await app.inject({ url })
  for (const headers of [{ authorization: 'Bearer bogus' }, { host: 'evil.example' }, { 'x-forwarded-host': 'evil.example' }, { 'x-forwarded-proto': 'http', forwarded: 'host=evil.example' }, { origin: 'https://evil.example' }]) {
    const response = await app.inject({ url, headers })
    t.equal(response.statusCode, 200)
    t.equal(response.body, body)
  }
  const { headers } = await whoami(undefined, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/evil' })
  t.equal(headers['www-authenticate'], `Bearer resource_metadata="${METADATA}", scope="tool:whoami"`, 'I12 and so is the challenge')
})

t.test('A8 I14 answers 404 without a challenge to other well-known paths', async t => {
  const { app } = await build(t)
  for (const url of ['/.well-known/oauth-protected-resource/other', '/.well-known/oauth-protected-resource/mcp/other', '/.well-known/oauth-authorization-server', '/.well-known/oauth-authorization-server/mcp', '/.well-known/openid-configuration']) {
    const { statusCode, headers, body } = await app.inject({ url, headers: { host: 'localhost:3000' } })
    t.equal(statusCode, 404)
    t.equal(headers['www-authenticate'], undefined)
    t.strictSame(JSON.parse(body), { error: 'not_found', error_description: 'There is nothing at this address' })
  }
})

t.test('serves the document at the URL that the challenge names', async t => {
  const rows = [
    ['https://mcp.example.com/mcp', 'https://mcp.example.com/.well-known/oauth-protected-resource/mcp'],
    ['https://mcp.example.com', 'https://mcp.example.com/.well-known/oauth-protected-resource'],
    ['https://mcp.example.com/a/b', 'https://mcp.example.com/.well-known/oauth-protected-resource/a/b'],
    ['http://localhost:3000/mcp', METADATA]
  ] as const
  for (const [resource, url] of rows) {
    t.equal(metadataUrl(resource), url)
    t.ok(metadataPaths(resource).includes(new URL(url).pathname))
    const { app, issuer } = await build(t, { env: { MCP_RESOURCE_URL: resource } })
    const { pathname, host } = new URL(resource)
    const token = issuer.token({ aud: resource })
    const options = { method: 'POST', url: pathname, headers: { host, 'content-type': 'application/json' } } as const
    const { headers } = await app.inject({ ...options, payload: '{}' })
    t.match(headers['www-authenticate'], `resource_metadata="${url}"`)
    t.equal((await app.inject({ url: new URL(url).pathname, headers: { host } })).json().resource, resource)
    const answer = await app.inject({ ...options, headers: { ...options.headers, authorization: `Bearer ${token}` }, payload: '{"jsonrpc":"2.0","id":1,"method":"ping"}' })
    t.equal(answer.statusCode, 200)
  }
})

t.test('A12 serves the metadata while the issuer is down', async t => {
  const setup = await build(t)
  setup.issuer.answer = hang
  const responses = await Promise.all(Array.from({ length: 100 }, () => setup.app.inject({ url: '/.well-known/oauth-protected-resource/mcp', headers: { host: 'localhost:3000' } })))
  t.ok(responses.every(({ statusCode }) => statusCode === 200))
})
