import { inspect } from 'node:util'
import t from 'tap'
import { buildApi, listenForTokens, untypedApi } from '../support/api.ts'
import { secretsIn } from '../support/secrets.ts'

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
  for (const init of inits) t.match(await setup.run(context => untypedApi(context)('/a', init).then(({ status }) => status)), { value: 200 }, inspect(init))
  t.strictSame([seen, stranger.seen], [[], []])

  const headers = ['authorization', 'Authorization', 'proxy-authorization', 'proxy-connection', 'cookie', 'cookie2', 'dpop', 'host', 'Host', 'forwarded', 'x-forwarded-host', 'x-original-url', 'x-rewrite-url', 'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'content-length', 'upgrade', 'expect']
  const before = setup.requests.length
  for (const name of headers) {
    for (const given of [{ [name]: '1' }, [[name, '1']], new Headers({ [name]: '1' })]) {
      t.match(await setup.run(context => untypedApi(context)('/a', { headers: given })), { error: { name: 'TypeError', message: /belongs to the server/ } }, name)
    }
  }
  for (const init of [{ method: 'TRACE' }, { method: 'CONNECT' }, { method: 'GET / HTTP/1.1\r\nx: y' }, { method: 1 }, { body: stranger }, { method: 'POST', body: new ReadableStream() }, { method: 'POST', body: new Request(stranger.url) }, { headers: 1 }, { headers: { 'a b': '1' } }, { headers: { a: '1\r\nb: 2' } }]) {
    t.match(await setup.run(context => untypedApi(context)('/a', init)), { error: { name: 'TypeError' } }, inspect(init))
  }
  t.equal(setup.requests.length, before)
})

t.test('code that runs while the options of a request are read sees no token', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const seen: unknown[] = []
  function look (this: unknown, ...args: unknown[]): void {
    const { prepareStackTrace } = Error
    Error.prepareStackTrace = (_error, sites) => { seen.push(...sites.flatMap(site => [site.getThis(), site.getFunction()])) }
    seen.push(this, args, new Error().stack)
    Error.prepareStackTrace = prepareStackTrace
  }
  class Search extends URLSearchParams { override toString () { look.call(this); return super.toString() } }
  class Whole extends Blob { override stream () { look.call(this); return super.stream() } }
  const form = Object.assign(new FormData(), { [Symbol.iterator]: function * (this: FormData) { look.call(this); yield * FormData.prototype.entries.call(this) } })
  const own = Object.assign(new Headers({ 'x-a': '1' }), { set: look, append: look })
  const inits: object[] = [
    { method: 'POST', body: form }, { method: 'POST', body: new Search({ a: '1' }) }, { method: 'POST', body: new Whole(['a']) }, { headers: own },
    { headers: { get 'x-a' () { look(); return '1' } } }, { headers: { * [Symbol.iterator] () { look(); yield ['x-a', '1'] } } },
    { get headers () { look(); return {} }, get method () { look(); return 'GET' }, get signal () { look(); return undefined } }
  ]
  for (const init of inits) t.match(await setup.run(context => untypedApi(context)('/a', init).then(({ status }) => status), token), { value: 200 }, inspect(init))
  t.ok(seen.length > 0)
  t.strictSame(secretsIn(seen, setup, token), [])

  let reads = 0
  const turning = { get headers () { return reads++ === 0 ? { 'x-a': '1' } : { authorization: 'other' } } }
  await setup.run(context => untypedApi(context)('/a', turning), token)
  t.match(setup.requests.at(-1)?.headers, { 'x-a': '1', authorization: /^Bearer exchanged/ })
})

t.test('a signal of the tool ends the request, and gets no token', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const { signal } = new AbortController()
  // Node 20 takes what looks like a signal.
  for (const odd of [{ aborted: false, addEventListener () {} }, new Proxy(signal, {}), new EventTarget(), 'signal', 1]) {
    const { value, error } = await setup.run(context => untypedApi(context)('/a', { signal: odd }).then(({ status }) => status), token)
    t.ok(value === 200 || error instanceof TypeError, inspect(odd))
    t.strictSame(secretsIn([odd], setup, token), [])
  }
  const seen: unknown[] = []
  const stop = new AbortController()
  setup.answer = () => stop.abort({ why: 'enough' })
  stop.signal.addEventListener('abort', event => seen.push(event))
  const outcome = await setup.run(({ api }) => api('/a', { signal: stop.signal }), token)
  t.strictSame(outcome.error, { why: 'enough' })
  t.strictSame(secretsIn([outcome, seen], setup, token), [])
})
