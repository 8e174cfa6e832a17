import t from 'tap'
import { build, call } from '../support/build.ts'

const ORIGIN = 'http://localhost:6274'

t.test('I2 I13 sends CORS headers and no-store with every answer', async t => {
  const { app, issuer } = await build(t)
  const good = `Bearer ${issuer.token()}`
  const type = 'application/json'
  const ask = (options: object, headers = {}) => app.inject({ method: 'POST', url: '/mcp', payload: JSON.stringify(call('whoami')), ...options, headers: { host: 'localhost:3000', origin: ORIGIN, 'content-type': type, ...headers } })
  const rows: ReadonlyArray<readonly [number, ReturnType<typeof ask>]> = [
    [200, ask({}, { authorization: good })],
    [202, ask({ payload: '{"jsonrpc":"2.0","method":"notifications/initialized"}' }, { authorization: good })],
    [400, ask({}, { authorization: `${good} more` })],
    [400, ask({ payload: '{' }, { authorization: good })],
    [401, ask({})],
    [401, ask({}, { authorization: 'Bearer bad' })],
    [403, ask({}, { authorization: `Bearer ${issuer.token({ scope: '' })}` })],
    [403, ask({}, { host: 'evil.example' })],
    [404, ask({ url: '/nothing' })],
    [405, ask({ method: 'PUT', payload: '{' })],
    [405, ask({ method: 'GET', payload: undefined })],
    [405, ask({ method: 'DELETE', payload: undefined })],
    [406, ask({}, { authorization: good, accept: 'text/html' })],
    [413, ask({ payload: `"${'x'.repeat(1024 * 1024)}"` }, { authorization: good })],
    [415, ask({}, { authorization: good, 'content-type': 'text/plain' })]
  ]
  for (const [status, asked] of rows) {
    const { statusCode, headers, body } = await asked
    t.equal(statusCode, status)
    t.match(headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', vary: /Origin/ }, `headers of ${status}`)
    if (headers['access-control-allow-origin'] === undefined) t.match(body, /forbidden/, 'only a host that is not ours')
    else t.match(headers, { 'access-control-allow-origin': ORIGIN, 'access-control-expose-headers': /WWW-Authenticate/ })
    t.equal(headers['set-cookie'], undefined)
    t.equal(headers['x-powered-by'], undefined)
    t.equal(headers['server'], undefined)
    t.notMatch(body, /node_modules|\.ts:|at Object|FST_|fastify|FAST_JWT/i, 'J4 no stack, no library')
  }
})
