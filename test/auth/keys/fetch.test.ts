import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { fetchKeys } from '../../../auth/keys/fetch.ts'
import { build } from '../../support/build.ts'
import { hang, keys, ready, send, status, stray, TTL, warm } from '../../support/keys.ts'
import { checkRow } from '../../support/refusals.ts'
import { serve, until } from '../../support/wire.ts'

/** F5, F7, F8: faults of a fetch of keys, each with its log line. */
const TROUBLE: ReadonlyArray<readonly [string, RegExp, RequestListener]> = [
  ['status 500', /^status 500 \[http:.*jwks\.json\]$/, send(500, 'oops')],
  ['status 404', /^status 404: .*AUTH0_DOMAIN \[http:.*jwks\.json\]$/, send(404, '{}')],
  ['status 301', /^status 301: redirects are not followed.* \[http:/, send(301, '', { location: '/' })],
  ['status 403', /^status 403: .* a firewall or a proxy refuses the request \[http:/, send(403, '<html>')],
  ['status 304', /^status 304: .* a cache in front of the issuer answers wrongly \[http:/, send(304, '')],
  ['status 204', /^status 204 \[/, send(204, '')],
  ['HTML', /^not JSON \[/, send(200, '<!doctype html><title>Sign in</title>')],
  ['nothing', /^not JSON \[/, send(200, '')],
  ['{}', /^not a JWK set \[/, send(200, '{}')],
  ['null', /^not a JWK set \[/, send(200, 'null')],
  ['keys that are no array', /^not a JWK set \[/, send(200, '{"keys":{"length":1}}')],
  ['no keys at all', /^no usable key in the set: no key has a kid \[/, keys()],
  ['keys that are no keys', /^no usable key/, keys(1, null, 'key', [], {}, { kid: 1 }, { kid: 'a' })],
  ['unusable keys', /^no usable key in the set: "a": not an RSA key; "b": not for signatures \[http:.*jwks\.json\]$/, keys({ kid: 'a', kty: 'EC' }, { kid: 'b', kty: 'RSA', use: 'enc' })],
  ['many unusable keys', /^no usable key in the set: "0": .*; "7": not an RSA key; and 292 more \[/, keys(...Array.from({ length: 300 }, (_, i) => ({ kid: `${i}` })))],
  ['10 MB', /^longer than/, send(200, `{"keys":[]}${' '.repeat(10 * 1024 * 1024)}`)],
  ['a bomb of 100 MB in 100 kB', /^encoded as "gzip"/, send(200, gzipSync(Buffer.alloc(100 * 1024 * 1024, ' ')), { 'content-encoding': 'gzip' })],
  ['no answer', /^no answer within 1000 ms/, hang],
  ['another protocol', /^no answer \[.*\]: the connection was closed/, ({ socket }) => { socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n') }],
  ['a body that never ends', /^no answer within 1000 ms/, (_request, response) => {
    response.writeHead(200).write('{"keys":[')
    const drip = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(drip))
  }],
  ['a body that breaks off', /^no answer \(ECONNRESET\)/, (request, response) => {
    response.writeHead(200, { 'content-length': 1000 }).write('{"keys":[', () => request.socket.destroy())
  }],
  ['a connection that breaks off, twice', /^no answer \(ECONNRESET\)/, request => { request.socket.destroy() }],
  ['what is not HTTP', /^no answer \(HPE_INVALID_CONSTANT\)/, request => { request.socket.end('SSH-2.0-OpenSSH_9.6\r\n') }]
]

for (const [name, words, answer] of TROUBLE) {
  t.test(`F5 F7 F8 F-K6 ${name}: 503 while no key is known, 200 for known keys, 503 for unknown ones`, async t => {
    // Short only in tests that wait for it, since a busy machine is slow.
    const cold = await build(t, { keys: { timeout: words.source.includes('within') ? 1 : 5 } })
    cold.issuer.answer = answer
    await checkRow(t, cold, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: issuer => issuer.token() })
    t.match(cold.logs.filter(({ level }) => level === 40), [{ msg: 'the key set cannot be fetched or used', err: { message: words }, issuer: cold.issuer.url }])
    t.equal(await ready(cold), 503)

    // The same server after it had good keys.
    cold.issuer.answer = undefined
    cold.advance(1)
    const good = cold.issuer.token()
    t.equal(await status(cold, good), 200)
    cold.issuer.answer = answer
    cold.advance(TTL)
    t.equal(await status(cold, good), 200, 'a known key serves while the issuer is down')
    await checkRow(t, cold, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: stray })
    t.equal(await status(cold, cold.issuer.token({ another: 'token' })), 200, 'a known key is never locked out')
    t.equal(await ready(cold), 200)
  })
}

t.test('F7 ends the fetch from a hanging issuer in time, also after a garbage collection, and leaves no socket open', async t => {
  setFlagsFromString('--expose_gc')
  const collect = runInNewContext('gc') as () => void
  const setup = await build(t, { keys: { timeout: 0.15 } })
  let open = 0
  setup.issuer.answer = ({ socket }) => {
    open++
    socket.once('close', () => open--)
  }
  const collecting = setInterval(collect, 10)
  t.teardown(() => clearInterval(collecting))
  const start = Date.now()
  await checkRow(t, setup, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: issuer => issuer.token() })
  t.ok(Date.now() - start < 3000)
  await until(() => open === 0)
})

t.test('F5 closes the connection of an answer that it refuses', async t => {
  let answer: RequestListener = () => {}
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => answer(request, response)).listen(0, '127.0.0.1')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  await once(server, 'listening')
  const connections = promisify(server.getConnections.bind(server))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  const rows = [send(500, 'oops'), send(500, ''), send(429, ''), send(302, '', { location: '/' }), send(200, gzipSync('{}'), { 'content-encoding': 'gzip' }), send(200, 'x'.repeat(600_000))]
  for (const row of rows) {
    answer = row
    await t.rejects(fetchKeys(url, 5000, new AbortController().signal))
  }
  await until(async () => await connections() === 0)

  answer = keys()
  await fetchKeys(url, 5000, new AbortController().signal)
  t.equal(await connections(), 1, 'that of a good one stays for the next')
})

t.test('asks an https issuer by TLS only: a plain-text server gets no request and its answer does not count', async t => {
  let heard = 0
  const plain = await serve(t, () => { heard++ })
  await t.rejects(fetchKeys(plain.replace('http:', 'https:'), 5000, new AbortController().signal), { message: /^no answer \((?:EPROTO|ERR_SSL_\w+)\)/ })
  t.equal(heard, 0)
})

t.test('F8 does not follow a redirect', async t => {
  let asked = 0
  const elsewhere = await serve(t, (_request, response) => {
    asked++
    response.end(JSON.stringify({ keys: [] }))
  })
  const setup = await build(t)
  for (const location of [`${elsewhere}.well-known/jwks.json`, '/jwks']) {
    setup.issuer.answer = send(302, '', { location })
    await checkRow(t, setup, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: issuer => issuer.token() })
  }
  t.equal(asked, 0)
})

t.test('tries once more if a kept-alive connection breaks', async t => {
  const setup = await warm(t)
  setup.advance(TTL)
  setup.issuer.answer = request => {
    setup.issuer.answer = undefined
    request.socket.destroy()
  }
  t.equal(await status(setup, setup.issuer.token({ a: 1 })), 200)
  t.equal(setup.issuer.fetches, 3)
  t.notOk(setup.logs.some(({ level }) => level === 40))
})
