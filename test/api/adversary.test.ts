import { inspect } from 'node:util'
import t from 'tap'
import type { ApiRequest, Context } from '../../mcp/tool.ts'
import { buildApi, EXCHANGED } from '../support/api.ts'
import { secretsIn } from '../support/secrets.ts'
import { serve } from '../support/wire.ts'

/** All that a hostile or careless tool may pass, past the types. */
type Anything = (path: unknown, init?: unknown) => Promise<Response>
const callOf = ({ api }: Context): Anything => api as Anything

t.test('a path that could lead anywhere but below the URL of the API is refused before anything is sent', async t => {
  const setup = await buildApi(t)
  const stranger = await listenForTokens(t)
  const { host } = new URL(stranger.url)
  const origin = new URL(setup.url).origin
  const request = new Request(`${stranger.url}a`)
  const paths: unknown[] = [
    // absolute, and what parsers take for absolute
    `${stranger.url}a`, `//${host}/a`, `/\\${host}/a`, `\\\\${host}/a`, `\\/${host}/a`, `/\t/${host}/a`, `\t//${host}/a`, `/\n/${host}/a`, `///${host}/a`, `http:${host}`, `http:/${host}/a`, 'javascript:1', 'file:///etc/passwd', 'data:,a', `blob:${stranger.url}a`, 'http://%6c%6f%63alhost/a', `${origin}/v1/a`,
    // the authority goes on
    `@${host}/a`, `:1@${host}/a`, `.${host}/a`, `:${host.split(':')[1]}/a`, `%40${host}/a`, '', '?a', '#a', 'a', './a', '../a',
    // climbs, in every spelling that some server decodes
    '/..', '/../a', '/../../a', '/./a', '/a/..', '/a/../../b', '/%2e%2e/a', '/.%2e/a', '/%2E./a', '/..%2fa', '/..%2Fa', '/..%5ca', '/a%2f..%2f..%2fb', '/%252e%252e/a', '/%25252e%25252e%25252fa', '/..%252fa', '/%25252525252e%25252525252e/a', '/..;/a', '/..;a=b/c', '/a/%2e', '/%2e%2e%5c%2e%2e%5ca',
    // dots and slashes of other scripts, and bytes that are no UTF-8, for servers that normalize
    '/\uff0e\uff0e/a', '/\u2025/a', '/\u2024\u2024/a', '/a\uff0f..\uff0fb', '/%EF%BC%8E%EF%BC%8E/a', '/%25EF%25BC%258E./a', '/..%EF%BC%8Fa', '/%c0%ae%c0%ae/a', '/..%c0%afa', '/..%C1%9Ca', '/%e0%80%ae%e0%80%ae/a', '/%f0%80%80%ae./a', '/%ef%bc%85%ef%bc%85/..%ef%bc%bca', '/\uff052e\uff052e/a',
    // splits a request, or hides from the check
    '/a\r\nHost: evil', '/a\nb', '/a\rb', '/a\tb', '/a b', '/a\u0000b', '/a\u0085b', '/a\u2028b', '/a\\..\\..\\b', '/a#/../..',
    // not a string
    request, new URL(`${stranger.url}a`), Object('/a'), ['/a'], { toString: () => '/a' }, { href: '/a' }, 1, null, undefined, Symbol('a')
  ]
  for (const path of paths) {
    const { error } = await setup.run(context => callOf(context)(path))
    t.ok(error instanceof TypeError, encodeURIComponent(inspect(path)))
    t.match((error as Error).message, /^expected a path/)
  }
  t.strictSame([setup.requests, setup.exchanges, stranger.seen], [[], [], []])

  const values = ['/a/b.c', '/...', '/..a', '/a..', '/auth0%7C1', '/a%2Fb', '/100%25', '/%C3%A9', '/é', '/%E9', '/a\u2026', '/\u3002\u3002', '/１．５', '/100%25', '/@a', '/:80', '/a?b=../..&c=//d', '/a?b=%2e%2e%2f', '/a//b', '/']
  for (const path of values) t.equal((await setup.run(({ api }) => api(path).then(({ status }) => status))).value, 200, encodeURIComponent(path))
  t.ok(setup.requests.every(({ path }) => path.startsWith('/v1/')))
})

t.test('a redirect to another origin, or out of the path, is refused, and the token does not go there', async t => {
  const setup = await buildApi(t)
  const stranger = await listenForTokens(t)
  const { host, port } = new URL(stranger.url)
  const own = new URL(setup.url)
  const locations = [
    `${stranger.url}a`, `//${host}/a`, `/\\${host}/a`, `\\\\${host}\\a`, `http://${own.host}@${host}/a`, `http://${own.host}%2f@${host}/a`, `http://127.0.0.1:${own.port}/v1/a`, `https://${own.host}/v1/a`, `http://localhost:${port}/v1/a`,
    `http://user:password@${own.host}/v1/a`, `http://user@${own.host}/v1/a`, `http://:password@${own.host}/v1/a`, `http://localhost.evil.example:${own.port}/v1/a`, 'file:///etc/passwd', 'data:text/plain,a', `blob:${stranger.url}a`, 'javascript:1', 'http://[', `ftp://${own.host}/v1/a`,
    '/', '/v2/a', '/v10/a', '/v1/../a', '../../a', '/v1/..%2fa', '/v1/%252e%252e/a', '/v1/..;/a'
  ]
  for (const status of [301, 302, 303, 307, 308]) {
    for (const location of locations) {
      setup.answer = (_request, response) => { response.writeHead(status, { location }).end() }
      t.match(await setup.run(({ api }) => api('/a', { method: 'POST', body: 'b' })), { error: { fault: 'redirected' }, reply: { result: { isError: true, content: [{ text: /which this server does not follow/ }] } } }, `${status} ${location}`)
    }
  }
  t.equal(setup.requests.length, 5 * locations.length)
  t.strictSame(stranger.seen, [])

  setup.answer = ({ url }, response) => { response.writeHead(302, { location: `${url}a` }).end() }
  const before = setup.requests.length
  t.match(await setup.run(({ api }) => api('/a')), { error: { fault: 'redirected' } }, 'a circle ends')
  t.equal(setup.requests.length, before + 6)
  setup.answer = ({ url }, response) => url === '/v1/a' ? response.writeHead(302, { location: '/v1' }).end() : response.end('ok')
  t.match(await setup.run(({ api }) => api('/a').then(({ status }) => status)), { value: 200 }, 'the URL itself is inside')
})

t.test('code in the options of a request neither sees the token nor changes where the request goes', async t => {
  const setup = await buildApi(t)
  const stranger = await listenForTokens(t)
  const seen: unknown[] = []
  const spy = (...args: unknown[]): never => { seen.push(args); throw new Error('asked') }
  const inits: object[] = [
    { dispatcher: { dispatch: spy } }, { agent: { addRequest: spy } }, { fetch: spy }, { baseURL: stranger.url }, { url: `${stranger.url}a` }, { redirect: 'follow' }, { redirect: 'error' }, { duplex: 'half' },
    { window: null, credentials: 'include', referrer: stranger.url, mode: 'no-cors', integrity: 'sha256-AAAA', keepalive: true },
    Object.create({ dispatcher: { dispatch: spy } }), new Proxy({}, { get: (_target, name) => name === 'dispatcher' ? { dispatch: spy } : undefined })
  ]
  for (const init of inits) t.match(await setup.run(context => callOf(context)('/a', init).then(({ status }) => status)), { value: 200 }, inspect(init))
  t.strictSame([seen, stranger.seen], [[], []])

  const headers = ['authorization', 'Authorization', 'proxy-authorization', 'proxy-connection', 'cookie', 'cookie2', 'dpop', 'host', 'Host', 'forwarded', 'x-forwarded-host', 'x-original-url', 'x-rewrite-url', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'content-length', 'upgrade', 'expect']
  const before = setup.requests.length
  for (const name of headers) {
    for (const given of [{ [name]: '1' }, [[name, '1']], new Headers({ [name]: '1' })]) {
      t.match(await setup.run(context => callOf(context)('/a', { headers: given })), { error: { name: 'TypeError', message: /belongs to the server/ } }, name)
    }
  }
  for (const init of [{ method: 'TRACE' }, { method: 'CONNECT' }, { method: 'GET / HTTP/1.1\r\nx: y' }, { method: 1 }, { body: stranger }, { method: 'POST', body: new ReadableStream() }, { method: 'POST', body: new Request(stranger.url) }, { headers: 1 }, { headers: { 'a b': '1' } }, { headers: { a: '1\r\nb: 2' } }]) {
    t.match(await setup.run(context => callOf(context)('/a', init)), { error: { name: 'TypeError' } }, inspect(init))
  }
  t.equal(setup.requests.length, before)
})

t.test('a tool sees no token in values that change after the check, or in objects that it keeps', async t => {
  const setup = await buildApi(t)
  const given = new Headers({ 'x-a': '1' })
  let reads = 0
  const turning = { get method () { return reads++ === 0 ? 'GET' : 'TRACE' }, headers: given }
  t.match(await setup.run(({ api }) => api('/a', turning).then(({ status }) => status)), { value: 200 })
  t.strictSame([...given], [['x-a', '1']])

  const { fetch } = globalThis
  const stolen: unknown[] = []
  globalThis.fetch = async (...args) => { stolen.push(args); return fetch(...args) }
  t.teardown(() => { globalThis.fetch = fetch })
  t.match(await setup.run(({ api }) => api('/b').then(({ status }) => status), setup.issuer.token({ jti: 'new' })), { value: 200 })
  t.strictSame(stolen, [], 'another fetch in the place of the own one is not used')

  const first = setup.issuer.token({ jti: '1', sub: 'auth0|first' })
  const second = setup.issuer.token({ jti: '2', sub: 'auth0|second' })
  let stashed: Context['caller'] | undefined
  await setup.run(({ caller }) => { stashed = caller }, first)
  await setup.run(context => { Object.assign(context, { caller: stashed }); return context.api('/c') }, second)
  t.equal(setup.exchanges.at(-1)?.['subject_token'], second, 'a tool cannot pass for another caller')
})

t.test('neither token can be read from anything that a tool or a client gets', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const closedPort = await unusedPort()
  const seen: unknown[] = []
  const look = async (what: string, prepare: () => void, init: ApiRequest = {}): Promise<void> => {
    prepare()
    const outcome = await setup.run(async context => {
      seen.push(context, context.api, context.caller, context.log)
      const response = await context.api('/a', init)
      seen.push(response, response.clone(), await response.text())
    }, token)
    t.strictSame(secretsIn([outcome, ...seen.splice(0)], setup, token), [], what)
  }
  await look('an answer', () => {})
  await look('an answer with an unusual body', () => { setup.answer = (_request, response) => response.end('x'.repeat(1e6)) })
  for (const status of [401, 403]) await look(`${status} of the API`, () => { setup.answer = (request, response) => response.writeHead(status, { 'www-authenticate': `Bearer error="invalid_token", error_description="${request.headers.authorization}"` }).end(request.headers.authorization) })
  await look('a redirect', () => { setup.answer = (request, response) => response.writeHead(302, { location: `http://localhost:${closedPort}/?${request.headers.authorization}` }).end() })
  await look('a connection that ends', () => { setup.answer = request => request.socket.destroy() })
  await look('an answer that is none', () => { setup.answer = request => request.socket.end(`HTTP/1.1 ${request.headers.authorization}\r\n\r\n`) })
  await look('a body that ends early', () => { setup.answer = (_request, response) => { response.writeHead(200, { 'content-length': '10' }); response.write('a'); setImmediate(() => response.destroy()) } })
  const answers = [
    { status: 400, body: { error: 'invalid_request', error_description: token } }, { status: 500, body: token }, { body: { access_token: `${EXCHANGED} 1`, token_type: 'Bearer' } },
    { body: { access_token: `${EXCHANGED}\n`, token_type: 'Bearer' } }, { body: { access_token: EXCHANGED, token_type: 'mac' } }, { body: { access_token: `${EXCHANGED}\u00e9`, token_type: 'Bearer' } }, { body: `{"access_token":"${EXCHANGED}"` },
    { body: { access_token: EXCHANGED, token_type: 'Bearer', scope: token } }, { status: 400, body: { error: `${EXCHANGED.replaceAll('-', '_')}_${'x'.repeat(64)}` } }
  ]
  for (const answer of answers) {
    setup.advance(3700)
    const next = setup.issuer.token({ jti: String(seen.length), exp: Math.floor(Date.now() / 1000) + 86_000 })
    setup.exchange = () => answer
    const outcome = await setup.run(async context => { seen.push(context); seen.push(await context.api('/a')) }, next)
    t.match(outcome.error, { name: 'ApiError' })
    t.strictSame(secretsIn([outcome, ...seen.splice(0)], setup, next), [], JSON.stringify(answer))
  }
  t.strictSame(secretsIn(setup.logs, setup, token), [], 'the log')
  t.ok(secretsIn([{ a: new Map([[{ b: [`x ${token}`] }, 1]]) }], setup, token).length > 0, 'the search finds one')
})

/** A server that must not get a request. */
async function listenForTokens (t: Parameters<typeof serve>[0]): Promise<{ url: string, seen: unknown[] }> {
  const seen: unknown[] = []
  const url = await serve(t, ({ url, headers }, response) => {
    seen.push({ url, headers })
    response.end()
  })
  return { url, seen }
}

async function unusedPort (): Promise<number> {
  let close = (): unknown => undefined
  const url = await serve({ teardown (handler) { close = handler; return undefined } }, () => {})
  close()
  return Number(new URL(url).port)
}
