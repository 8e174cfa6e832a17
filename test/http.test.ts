import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import t from 'tap'
import type { App } from '../app.ts'
import { createStory, slowTools } from './fixtures/slow.ts'
import { build, call, request } from './helper.ts'
import { checkRefused, checkRow } from './refusals/run.ts'
import { exchange, listen, raw, until } from './wire.ts'

const ORIGIN = 'http://localhost:6274'
const json = 'content-type: application/json'

t.test('I1 a preflight needs no token', async t => {
  const { app } = await build(t)
  const asked = 'authorization,content-type,mcp-protocol-version,mcp-session-id,mcp-method,mcp-name,dpop,last-event-id'
  for (const url of ['/mcp', '/mcp/']) {
    const { statusCode, headers, body } = await app.inject({ method: 'OPTIONS', url, headers: { host: 'localhost:3000', origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': asked } })
    t.equal(statusCode, 204)
    t.equal(body, '')
    t.match(headers, { 'access-control-allow-origin': ORIGIN, 'access-control-allow-methods': /POST/, 'access-control-allow-headers': asked, 'access-control-max-age': '600', vary: /Origin/ })
  }
})

t.test('I2 I13 every answer can be read by the page that asked, and is stored by nobody', async t => {
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

t.test('I3 I4 an origin that is not allowed: 403, no challenge, nothing to read', async t => {
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

t.test('a host that is not ours: 403, before anything else is looked at', async t => {
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

t.test('I5 GET and DELETE without a token: 405, no challenge', async t => {
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

t.test('I6 /mcp/ is /mcp, without a redirect', async t => {
  const { issuer, post } = await build(t)
  t.equal((await post(call('whoami'), issuer.token(), {}, '/mcp/')).statusCode, 200)
  checkRefused(t, await post(call('whoami'), undefined, {}, '/mcp/'), 'CH')
})

t.test('I7 I8 I10 first who asks, then what', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token()
  checkRefused(t, await post('{', 'bad'), 'IT')
  checkRefused(t, await post('x', undefined, { 'content-type': 'text/plain' }), 'CH')
  for (const body of ['{', '[1', 'null x', '{"__proto__":{"a":1}}', '{"params":{"constructor":{"prototype":{}}}}', '['.repeat(100) + ']'.repeat(100)]) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400, body)
    t.match(response.json(), { jsonrpc: '2.0', id: null, error: { code: body.startsWith('[[') ? -32600 : -32700 } })
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data; boundary=x']) {
    t.equal((await post(call('whoami'), token, { 'content-type': type })).statusCode, 415, type)
  }
})

t.test('I9 a body of 100 MB without a token: 401 at once, the body is not read', async t => {
  const { app } = await build(t)
  const port = await listen(app)
  let read = 0
  app.server.on('connection', socket => socket.once('close', () => { read = socket.bytesRead }))

  for (const framing of [['content-length: 104857600'], ['transfer-encoding: chunked'], ['content-length: 104857600', 'expect: 100-continue']]) {
    read = 0
    const sent = Buffer.alloc(1024 * 1024, framing[0]?.startsWith('transfer') ? '1\r\na\r\n' : 'x')
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(raw([json, ...framing]))
        for (let i = 0; i < 100; i++) socket.write(sent)
      })
      socket.on('data', chunk => { text += chunk })
      // The server hangs up on what is still being sent.
      socket.on('error', (error: NodeJS.ErrnoException) => { if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error) })
      socket.on('close', () => resolve(text))
    })
    await until(() => read > 0)
    t.match(answer, /^HTTP\/1\.1 (100 Continue\r\n\r\nHTTP\/1\.1 )?401 /)
    t.match(answer, /\r\nconnection: close\r\n/i)
    t.ok(read < 10 * 1024 * 1024, `${read} bytes were read`)
  }
})

t.test('a short body that nobody reads leaves the connection open', async t => {
  const { app } = await build(t)
  const answers = await exchange(await listen(app), raw([json], '{}') + raw([json], '{}'), 2)
  t.same(answers.map(({ statusCode }) => statusCode), [401, 401])
})

t.test('I11 valid and invalid requests in one pipeline, and headers that stand twice', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  const good = `authorization: Bearer ${issuer.token()}`
  const ping = JSON.stringify(request('ping'))
  const answers = await exchange(port, raw([json, good], ping) + raw([json], ping) + raw([], '', 'GET /health/live') + raw([json, good], ping) + raw([json, good], '{'), 5)
  t.same(answers.map(({ statusCode }) => statusCode), [200, 401, 200, 200, 400])

  for (const twice of ['host: evil.example', 'content-type: text/plain']) {
    const [answer] = await exchange(port, raw([json, good, twice], ping))
    if (answer === undefined) return t.fail('no answer')
    checkRefused(t, answer, 'REPEATED')
    t.match(logs.at(-1), { reason: 'repeated_header' })
  }
})

t.test('what is not HTTP, or not quite, is answered in our words, and none of it is logged', async t => {
  const setup = await build(t)
  const port = await listen(setup.app)
  const secret = `authorization: Bearer ${setup.issuer.token()}`
  const rows: ReadonlyArray<readonly [number, string]> = [
    [400, `NONSENSE\r\n${secret}\r\n\r\n`],
    [400, raw([secret, 'content-length: 2', 'transfer-encoding: chunked'], '{}')],
    [400, raw([secret, 'content-length: 1', 'content-length: 2'])],
    [400, raw([secret, 'bad header: x'])],
    [400, raw([secret, 'x: a\rb'])],
    [400, raw([secret, json], '', 'GET /%zz?access_token=a-secret-of-the-query')],
    [400, raw([secret, json], '', 'POST /%E0%A4%A')],
    [431, raw([secret, `x: ${'x'.repeat(20_000)}`])]
  ]
  const before = setup.logs.length
  for (const [status, bytes] of rows) {
    const [answer] = await exchange(port, bytes)
    t.equal(answer?.statusCode, status)
    t.match(answer?.headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-type': /^application\/json/ })
    t.match(JSON.parse(answer?.body ?? ''), { error: 'invalid_request', error_description: /^[\w ]+$/ })
    t.match(setup.logs.at(-1), { msg: 'refused', status, reason: bytes.includes('/%') ? 'bad_target' : 'broken_request' })
  }
  t.strictSame(setup.logs.slice(before).filter(line => JSON.stringify(line).includes('secret')), [])
  t.notMatch(JSON.stringify(setup.logs), setup.issuer.token().split('.')[0] ?? '')
})

t.test('who is answered so and does not hang up is hung up on', async t => {
  const { app } = await build(t)
  const port = await listen(app)
  const sockets = Array.from({ length: 20 }, () => connect({ port, host: '127.0.0.1', allowHalfOpen: true }, function (this: Socket) { this.write('NONSENSE\r\n\r\n') }))
  t.teardown(() => sockets.forEach(socket => socket.destroy()))
  await Promise.all(sockets.map(async socket => { t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 400 /) }))
  await until(async () => await connections(app) === 0)
})

t.test('nothing is written into an answer that has begun, or where one is due', async t => {
  const story = createStory()
  const { app, issuer, logs } = await build(t, { tools: slowTools(story) })
  const port = await listen(app)
  const lines = [json, `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  for (const [as, _meta, begun] of [['due', {}, /^$/], ['begun', { progressToken: 1 }, /^HTTP\/1\.1 200 [^]*event: message/]] as const) {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(raw(lines, JSON.stringify(request('tools/call', { name: 'work', arguments: { as }, _meta })))))
    socket.on('data', chunk => { text += chunk })
    await story.happened(`${as} started`)
    await until(() => begun.test(text))
    socket.write('NONSENSE\r\n\r\n')
    await story.happened(`${as} stopped`)
    t.match(text, begun)
    t.notMatch(text, ' 400 ')
    t.match(logs.find(({ msg }) => msg === 'refused'), { status: 400, reason: 'broken_request', found: 'HPE_INVALID_METHOD' })
    await until(() => logs.some(({ msg }) => msg === 'aborted'))
    t.match(logs.filter(({ msg }) => msg === 'aborted').at(-1), { tool: 'work', status: as === 'begun' ? 200 : 499 })
  }
})

t.test('no body is read for what has no route, for a preflight, or for another method', async t => {
  const { app } = await build(t)
  const headers = { host: 'localhost:3000', 'content-type': 'application/json' }
  const rows = [['POST', '/nothing', 404], ['POST', '/health/live', 404], ['DELETE', '/nothing', 404], ['OPTIONS', '/mcp', 204], ['OPTIONS', '/.well-known/oauth-protected-resource', 204], ['PUT', '/mcp', 405], ['POST', '/.well-known/oauth-protected-resource', 405]] as const
  for (const [method, url, status] of rows) {
    const short = await app.inject({ method, url, headers, payload: '{' })
    t.match(short, { statusCode: status, headers: { 'cache-control': 'no-store', connection: 'keep-alive' } }, `${method} ${url}`)
    const long = await app.inject({ method, url, headers, payload: `${'['.repeat(2 ** 19)}${']'.repeat(2 ** 19)}` })
    t.match(long, { statusCode: status, headers: { connection: 'close' } }, `${method} ${url}, and a long body is not waited for`)
  }
})

t.test('of thousands of headers none is overlooked', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  const ping = JSON.stringify(request('ping'))
  const many = Array<string>(2500).fill('a:')
  const good = `authorization: Bearer ${issuer.token()}`
  const rows = [
    [200, undefined, [json, ...many, good]],
    [400, 'duplicate_credentials', [json, good, ...many, 'authorization: Bearer other']],
    [400, 'repeated_header', [json, good, ...many, 'host: evil.example']],
    [403, 'origin', [json, good, ...many, 'origin: http://evil.example']]
  ] as const
  for (const [status, reason, lines] of rows) {
    const [answer] = await exchange(port, raw(lines, ping))
    t.equal(answer?.statusCode, status)
    t.equal(logs.at(-1)?.['reason'], reason)
  }
})

t.test('a target that names its host goes before the header', async t => {
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

t.test('what Node cannot read is answered only where somebody listens', async t => {
  const { app } = await build(t)
  const socket = new PassThrough()
  app.server.emit('clientError', new Error('of no known kind'), socket)
  t.match(socket.read()?.toString(), /^HTTP\/1\.1 400 Bad Request\r\n/)
  t.doesNotThrow(() => app.server.emit('clientError', new Error('again'), socket))
})

t.test('who speaks slowly, or not at all, is cut off', async t => {
  const usual = await build(t)
  t.match(usual.app.server, { headersTimeout: 15_000, requestTimeout: 30_000 }, 'how long that takes')

  const { app, issuer } = await build(t, { serverFactory: handler => createServer({ connectionsCheckingInterval: 20 }, handler) })
  const port = await listen(app)
  app.server.headersTimeout = app.server.requestTimeout = 60
  for (const bytes of ['POST /mcp HTTP/1.1\r\nhost: localhost\r\nauth', raw([json, 'content-length: 100', `authorization: Bearer ${issuer.token()}`])]) {
    const [answer] = await exchange(port, bytes)
    t.match(answer, { statusCode: 408, headers: { connection: 'close', 'cache-control': 'no-store' } })
  }
})

t.test('what goes wrong here is told to the log, and not to the caller', async t => {
  const { app, logs } = await build(t)
  app.get('/broken', { config: { public: true } }, async () => { throw new Error('inside information') })
  app.get('/teapot', { config: { public: true } }, async () => { throw Object.assign(new Error('inside information'), { statusCode: 418 }) })
  app.get('/odd', { config: { public: true } }, async () => { throw Object.assign(new Error('inside information'), { statusCode: 499 }) })
  const rows = [['/broken', 500, 'server_error'], ['/teapot', 418, 'invalid_request'], ['/odd', 499, 'invalid_request']] as const
  for (const [url, status, error] of rows) {
    const { statusCode, body, headers } = await app.inject(url)
    t.equal(statusCode, status)
    t.match(JSON.parse(body), { error })
    t.notMatch(body, /inside information/)
    t.match(logs.at(-1), { reqId: headers['x-request-id'], status })
  }
  t.match(logs.find(({ msg }) => msg === 'unexpected error'), { err: { message: 'inside information' } })
})

function connections (app: App): Promise<number> {
  return new Promise((resolve, reject) => app.server.getConnections((error, count) => error ? reject(error) : resolve(count)))
}
