import t from 'tap'
import { build, request } from '../support/build.ts'
import { checkRow } from '../support/refusals.ts'
import { exchange, listen, raw } from '../support/wire.ts'

const ORIGIN = 'http://localhost:6274'
const json = 'content-type: application/json'

t.test('I1 answers a preflight without a token', async t => {
  const { app } = await build(t)
  const asked = 'authorization,content-type,mcp-protocol-version,mcp-session-id,mcp-method,mcp-name,dpop,last-event-id'
  for (const url of ['/mcp', '/mcp/']) {
    const { statusCode, headers, body } = await app.inject({ method: 'OPTIONS', url, headers: { host: 'localhost:3000', origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': asked } })
    t.equal(statusCode, 204)
    t.equal(body, '')
    t.match(headers, { 'access-control-allow-origin': ORIGIN, 'access-control-allow-methods': /POST/, 'access-control-allow-headers': asked, 'access-control-max-age': '600', vary: /Origin/ })
  }
})

t.test('I3 I4 answers 403 to an origin that is not allowed, without a challenge or CORS headers', async t => {
  const setup = await build(t)
  for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'http://localhost:3000.evil.example', 'http://127.0.0.1.evil.example', 'http://localhost:123456', 'http://localhost:3000/', '', 'http://localhost:1, http://localhost:2']) {
    const { headers } = await checkRow(t, setup, { answer: 'FORBIDDEN', reason: 'origin', log: { found: origin, hint: /ALLOWED_ORIGINS/ }, ask: issuer => ({ token: issuer.token(), headers: { origin } }) })
    t.equal(headers['access-control-allow-origin'], undefined)
    t.equal(headers['vary'], 'Origin')
  }
  const preflight = await setup.app.inject({ method: 'OPTIONS', url: '/mcp', headers: { host: 'localhost:3000', origin: 'https://evil.example', 'access-control-request-method': 'POST' } })
  t.equal(preflight.statusCode, 403)

  for (const origin of ['http://localhost:3000', 'http://127.0.0.1:1', 'https://localhost', 'http://[::1]:8080']) {
    t.equal((await setup.whoami(setup.issuer.token(), { origin })).headers['access-control-allow-origin'], origin)
  }
  const open = await build(t, { env: { ALLOWED_ORIGINS: 'null,https://app.example.com' } })
  t.equal((await open.whoami(open.issuer.token(), { origin: 'null' })).statusCode, 200, 'unless it is allowed')
  t.equal((await open.whoami(open.issuer.token(), { origin: ORIGIN })).statusCode, 403, 'what is set replaces the default')
})

t.test('answers 403 to a foreign Host before any other check', async t => {
  const setup = await build(t)
  for (const host of ['evil.example', 'localhost.evil.example', 'localhost:3000.evil.example', 'user@localhost', 'localhost/', 'localhost:', '127.0.0.1.nip.io', '10.0.0.1']) {
    await checkRow(t, setup, { answer: 'FORBIDDEN', reason: 'host', log: { found: host, hint: /ALLOWED_HOSTS/ }, ask: issuer => ({ token: issuer.token(), headers: { host } }) })
  }
  for (const host of ['localhost', 'LOCALHOST:3000', '127.0.0.1:8080', '[::1]:3000']) t.equal((await setup.whoami(setup.issuer.token(), { host })).statusCode, 200)

  const open = await build(t, { env: { HOST: '0.0.0.0', MCP_RESOURCE_URL: 'https://mcp.example.com/mcp', AUTH0_AUDIENCE: 'http://localhost:3000/mcp' } })
  t.equal((await open.whoami(open.issuer.token(), { host: 'MCP.example.com' })).statusCode, 200)
  t.equal((await open.whoami(open.issuer.token(), { host: 'localhost:3000' })).statusCode, 403)
  t.equal((await open.whoami(open.issuer.token(), { host: 'mcp.example.com', origin: ORIGIN })).statusCode, 403)
  const { headers } = await open.whoami(undefined, { host: 'mcp.example.com', 'x-forwarded-proto': 'http' })
  t.match(headers['www-authenticate'], /resource_metadata="https:\/\/mcp\.example\.com\//, 'I12 the challenge is still https')
  t.equal((await open.app.inject({ url: '/health/live', headers: { host: '10.0.0.7:3000' } })).statusCode, 200, 'health is open to all')
})

t.test('F-R1 accepts a Host with the default port or one final dot, and refuses port 80 for an https resource', async t => {
  const env = { MCP_RESOURCE_URL: 'https://mcp.example.com/mcp', AUTH0_AUDIENCE: 'http://localhost:3000/mcp' }
  const names = await build(t, { env })
  const withPort = await build(t, { env: { ...env, ALLOWED_HOSTS: 'mcp.example.com:443,other.example.com.,[2001:db8::1]:443,odd.example.com:8443' } })
  const accepted = ['mcp.example.com', 'mcp.example.com:443', 'mcp.example.com.', 'mcp.example.com.:443', 'MCP.Example.com.:443']
  for (const host of accepted) {
    t.equal((await names.whoami(names.issuer.token(), { host })).statusCode, 200, host)
    t.equal((await withPort.whoami(withPort.issuer.token(), { host })).statusCode, 200, host)
  }
  for (const host of ['other.example.com', 'other.example.com:443', '[2001:db8::1]', 'odd.example.com.:8443']) {
    t.equal((await withPort.whoami(withPort.issuer.token(), { host })).statusCode, 200, host)
  }
  for (const host of ['mcp.example.com:80', 'mcp.example.com.:80', 'mcp.example.com:0443', 'mcp.example.com..', 'mcp.example.com:', 'mcp.example.com:443:443', '.', 'odd.example.com', 'odd.example.com:443', 'xmcp.example.com']) {
    t.equal((await names.whoami(names.issuer.token(), { host })).statusCode, 403, host)
    t.equal((await withPort.whoami(withPort.issuer.token(), { host })).statusCode, 403, host)
  }
  const local = await build(t)
  for (const host of ['localhost.:3000', 'localhost.', 'localhost:80']) t.equal((await local.whoami(local.issuer.token(), { host })).statusCode, 200, host)
})

t.test('refuses the host of MCP_RESOURCE_URL if ALLOWED_HOSTS leaves it out', async t => {
  const { issuer, whoami } = await build(t, { env: { MCP_RESOURCE_URL: 'https://mcp.example.com/mcp', AUTH0_AUDIENCE: 'http://localhost:3000/mcp', ALLOWED_HOSTS: 'inside.example.com' } })
  t.equal((await whoami(issuer.token(), { host: 'inside.example.com' })).statusCode, 200)
  t.equal((await whoami(issuer.token(), { host: 'mcp.example.com' })).statusCode, 403)
})

t.test('accepts a loopback name that is listed without a port on any port', async t => {
  const setup = await build(t, { env: { ALLOWED_HOSTS: 'Localhost,[::1],127.0.0.1:8080,mcp.example.com' } })
  for (const [host, status] of [
    ['localhost', 200], ['localhost:3000', 200], ['LOCALHOST.:65535', 200], ['[::1]:3000', 200], ['[::1]', 200], ['127.0.0.1:8080', 200], ['mcp.example.com', 200],
    ['127.0.0.1', 403], ['127.0.0.1:3000', 403], ['127.0.0.2:3000', 403], ['mcp.example.com:3000', 403], ['localhost:', 403], ['localhost:1:2', 403], ['localhost.evil.example:3000', 403]
  ] as const) {
    t.equal((await setup.whoami(setup.issuer.token(), { host })).statusCode, status, host)
  }
})

t.test('refuses a second Host header on the routes that are open to all', async t => {
  const { app, logs } = await build(t)
  const port = await listen(app)
  for (const path of ['/health/live', '/.well-known/oauth-protected-resource']) {
    const [answer] = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nhost: evil.example\r\n\r\n`)
    t.equal(answer?.statusCode, 400, path)
  }
  t.equal(logs.filter(({ reason }) => reason === 'repeated_header').length, 2)
})

t.test('checks the host in an absolute target instead of the Host header', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  const lines = [json, `authorization: Bearer ${issuer.token()}`]
  const ping = JSON.stringify(request('ping'))
  for (const [host, status] of [['localhost:3000', 200], ['evil.example', 403], ['localhost:3000@evil.example', 403]] as const) {
    const [answer] = await exchange(port, raw(lines, ping, `POST http://${host}/mcp`))
    t.equal(answer?.statusCode, status, host)
  }
  t.match(logs.at(-1), { reason: 'host', found: 'evil.example', path: '/mcp' })
})

t.test('F-H5 names MCP_RESOURCE_URL before ALLOWED_HOSTS in the hint for a foreign Host', async t => {
  const { issuer, logs, whoami } = await build(t)
  t.equal((await whoami(issuer.token(), { host: 'abc.tunnel.example' })).statusCode, 403)
  t.match(logs.at(-1), { reason: 'host', found: 'abc.tunnel.example', hint: /MCP_RESOURCE_URL.*ALLOWED_HOSTS/ })
})

t.test('F-R2 accepts origins of apps and extensions as they are written in ALLOWED_ORIGINS', async t => {
  const { issuer, whoami } = await build(t, { env: { ALLOWED_ORIGINS: 'chrome-extension://abcdef,vscode-webview://1a2b-3c,https://app.example.com' } })
  for (const origin of ['chrome-extension://abcdef', 'vscode-webview://1a2b-3c', 'https://app.example.com']) {
    t.match(await whoami(issuer.token(), { origin }), { statusCode: 200, headers: { 'access-control-allow-origin': origin } }, origin)
  }
  for (const origin of ['chrome-extension://abcde', 'chrome-extension://abcdef/', 'moz-extension://abcdef', 'http://abcdef', 'null']) {
    t.equal((await whoami(issuer.token(), { origin })).statusCode, 403, origin)
  }
})

t.test('F-R9 logs that a refused client connects to another host than MCP_RESOURCE_URL', async t => {
  const { issuer, logs, whoami } = await build(t)
  t.equal((await whoami(undefined, { host: '127.0.0.1:3000' })).statusCode, 401)
  t.match(logs.at(-1), { reason: 'no_credentials', hint: /connects to 127\.0\.0\.1:3000.*MCP_RESOURCE_URL, http:\/\/localhost:3000\/mcp/ })
  t.equal((await whoami(undefined)).statusCode, 401)
  t.notMatch(logs.at(-1), { hint: /connects to/ })
  t.equal((await whoami(issuer.token(), { host: '127.0.0.1:3000' })).statusCode, 200, 'a client that has a token is served')
  t.notOk('hint' in (logs.at(-1) ?? {}))
})
