import t from 'tap'
import { build, call, modern, request } from '../support/build.ts'
import { checkRefused } from '../support/refusals.ts'

const { issuer, app, post } = await build(t)
const token = issuer.token()

t.test('answers 405 with Allow and no challenge to any method but POST', async t => {
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const) {
    for (const authorization of [undefined, `Bearer ${token}`]) {
      const response = await app.inject({ method, url: '/mcp', headers: { host: 'localhost:3000', accept: 'text/event-stream', ...(authorization && { authorization }) } })
      t.equal(response.statusCode, 405, method)
      t.equal(response.headers.allow, 'POST, OPTIONS')
      t.notOk(response.headers['www-authenticate'])
    }
  }
})

t.test('serves the path with a final slash without a redirect', async t => {
  const response = await app.inject({ method: 'POST', url: '/mcp/', headers: { host: 'localhost:3000', authorization: `Bearer ${token}` }, payload: request('ping') })
  t.equal(response.statusCode, 200)
  t.equal((await app.inject({ method: 'GET', url: '/mcp/', headers: { host: 'localhost:3000' } })).statusCode, 405)
})

t.test('answers 401 before any fault of the body', async t => {
  const bodies: ReadonlyArray<[body: unknown, headers: Record<string, string>]> = [
    ['{', {}],
    [{}, {}],
    [request('ping'), { 'content-type': 'text/plain' }],
    [request('ping'), { accept: 'text/html' }],
    [request('ping'), { 'mcp-protocol-version': 'v999' }],
    [call('whoami', { filling: 'x'.repeat(1024 * 1024) }), {}],
    [{ jsonrpc: '2.0', method: 'notifications/initialized' }, {}],
    [modern('no/such').message, modern('no/such').headers]
  ]
  for (const [body, headers] of bodies) {
    const response = await post(body, undefined, headers)
    t.equal(response.statusCode, 401)
    t.match(response.headers['www-authenticate'], /^Bearer resource_metadata=/)
    t.strictSame(response.json(), { error_description: 'Authentication required' }, 'in the words of OAuth')
  }
})

t.test('answers 403 without a challenge to a foreign Origin and to a foreign Host', async t => {
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { host: 'evil.example' }, { host: 'evil.example', origin: 'http://localhost:3000' }]) {
    const response = await post(request('ping'), token, headers as Record<string, string>)
    t.equal(response.statusCode, 403, JSON.stringify(headers))
    t.notOk(response.headers['www-authenticate'])
  }
  t.equal((await post(request('ping'), token, { origin: 'http://localhost:3000' })).statusCode, 200)
})

t.test('I5 answers 405 without a challenge to GET and DELETE without a token', async t => {
  const { app } = await build(t)
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const) {
    for (const url of ['/mcp', '/mcp/']) {
      const { statusCode, headers } = await app.inject({ method, url, headers: { host: 'localhost:3000' } })
      t.equal(statusCode, 405)
      t.equal(headers['allow'], 'POST, OPTIONS')
      t.equal(headers['www-authenticate'], undefined)
    }
  }
})

t.test('I6 serves /mcp/ like /mcp, without a redirect', async t => {
  const { issuer, post } = await build(t)
  t.equal((await post(call('whoami'), issuer.token(), {}, '/mcp/')).statusCode, 200)
  checkRefused(t, await post(call('whoami'), undefined, {}, '/mcp/'), 'CHALLENGE')
})

t.test('I7 I8 I10 checks the token before type, size and form of the body', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token()
  checkRefused(t, await post('{', 'bad'), 'INVALID_TOKEN')
  checkRefused(t, await post('x', undefined, { 'content-type': 'text/plain' }), 'CHALLENGE')
  for (const body of ['{', '[1', 'null x', '{"__proto__":{"a":1}}', '{"params":{"constructor":{"prototype":{}}}}', '['.repeat(100) + ']'.repeat(100)]) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400, body)
    t.match(response.json(), { jsonrpc: '2.0', id: null, error: { code: body.startsWith('[[') ? -32600 : -32700 } })
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data; boundary=x']) {
    t.equal((await post(call('whoami'), token, { 'content-type': type })).statusCode, 415, type)
  }
})
