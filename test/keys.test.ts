import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { fetchKeys } from '../auth/fetch-keys.ts'
import { createKeySource } from '../auth/keys.ts'
import { makePair, publicJwk, startIssuer, type Issuer } from '../dev/issuer.ts'
import { AUDIENCE, build, type Setup } from './helper.ts'
import { checkRefused, checkRow } from './refusals/run.ts'
import { b64, header, key, withSegment } from './refusals/tokens.ts'
import { listen, serve, until } from './wire.ts'

const TTL = 600
const COOLDOWN = 30
const MAX_STALE = 86_400

/** A well-formed token under a key that nobody has. */
function stray (issuer: Issuer, kid = `stray-${Math.random().toString(36).slice(2)}`): string {
  return withSegment(issuer.token(), 0, b64({ ...header(issuer), kid }))
}

async function warm (t: Test, options = {}): Promise<Setup & { good: string }> {
  const setup = await build(t, options)
  const good = setup.issuer.token()
  t.equal((await setup.whoami(good)).statusCode, 200)
  t.equal(setup.issuer.fetches, 1, 'one fetch to start with')
  return { ...setup, good }
}

const status = async ({ whoami }: Setup, token: string): Promise<number> => (await whoami(token)).statusCode
// Seen, kept, found: from the third time on the token cache answers.
async function keep (t: Test, setup: Setup, token: string): Promise<void> {
  for (let time = 0; time < 3; time++) t.equal(await status(setup, token), 200)
}
const ready = async ({ app }: Setup): Promise<number> => (await app.inject('/health/ready')).statusCode

const send = (status: number, body: string | Buffer, headers = {}): RequestListener => (_request, response) => { response.writeHead(status, headers).end(body) }
const keys = (...keys: unknown[]): RequestListener => send(200, JSON.stringify({ keys }))
const hang: RequestListener = () => {}

/** F5, F7, F8: ways in which a key set cannot be had. What the log says of each stands beside it. */
const TROUBLE: ReadonlyArray<readonly [string, RegExp, RequestListener]> = [
  ['status 500', /^status 500$/, send(500, 'oops')],
  ['status 404', /^status 404$/, send(404, '{}')],
  ['status 204', /^status 204$/, send(204, '')],
  ['HTML', /^not JSON$/, send(200, '<!doctype html><title>Sign in</title>')],
  ['nothing', /^not JSON$/, send(200, '')],
  ['{}', /^not a JWK set$/, send(200, '{}')],
  ['null', /^not a JWK set$/, send(200, 'null')],
  ['keys that are no array', /^not a JWK set$/, send(200, '{"keys":{"length":1}}')],
  ['no keys at all', /^no usable key/, keys()],
  ['keys that are no keys', /^no usable key/, keys(1, null, 'key', [], {}, { kid: 1 }, { kid: 'a' })],
  ['101 keys', /^more than 100 keys$/, keys(...Array.from({ length: 101 }, (_, i) => ({ kid: `${i}` })))],
  ['10 MB', /^longer than/, send(200, `{"keys":[]}${' '.repeat(10 * 1024 * 1024)}`)],
  ['a bomb of 100 MB in 100 kB', /^encoded as "gzip"/, send(200, gzipSync(Buffer.alloc(100 * 1024 * 1024, ' ')), { 'content-encoding': 'gzip' })],
  ['no answer', /^no answer within 1000 ms/, hang],
  ['another protocol', /^no answer: the connection was closed/, ({ socket }) => { socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n') }],
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

t.test('F1 an unknown key: one fetch, then not valid; within the cooldown, no fetch', async t => {
  const setup = await warm(t)
  const { issuer, advance } = setup

  await checkRow(t, setup, { answer: 'IT', reason: 'unknown_key', ask: stray })
  t.equal(issuer.fetches, 2)
  await checkRow(t, setup, { answer: 'IT', reason: 'unknown_key', ask: stray })
  advance(COOLDOWN - 1)
  await checkRow(t, setup, { answer: 'IT', reason: 'unknown_key', ask: stray })
  t.equal(issuer.fetches, 2)
  advance(1)
  await checkRow(t, setup, { answer: 'IT', reason: 'unknown_key', ask: stray })
  t.equal(issuer.fetches, 3)
})

t.test('F2 a thousand unknown keys in 55 seconds: two fetches, and good tokens are served', async t => {
  const setup = await warm(t)
  const token = setup.issuer.token()
  for (let i = 0; i < 1000; i++) {
    setup.advance(0.055)
    const kid = b64({ ...header(setup.issuer), kid: `flood-${i}` })
    if (await status(setup, withSegment(token, 0, kid)) !== 401) t.fail('not refused')
    if (i % 50 === 0) t.equal(await status(setup, setup.issuer.token({ i })), 200)
  }
  t.equal(setup.issuer.fetches, 3, 'the first one, and one for each cooldown')
})

t.test('F2 a hundred unknown keys at once: one fetch', async t => {
  const setup = await warm(t)
  const codes = await Promise.all(Array.from({ length: 100 }, () => status(setup, stray(setup.issuer))))
  t.ok(codes.every(code => code === 401))
  t.equal(setup.issuer.fetches, 2)
})

t.test('F3 a new key is found on first sight', async t => {
  const setup = await warm(t)
  setup.issuer.rotate()
  t.equal(await status(setup, setup.issuer.token()), 200)
  t.equal(setup.issuer.fetches, 2)
  t.equal(await status(setup, setup.good), 200, 'the old key still serves')
})

t.test('F3 a new key in the middle of a flood is found within one cooldown', async t => {
  const setup = await warm(t)
  t.equal(await status(setup, stray(setup.issuer)), 401)
  setup.issuer.rotate()
  const token = setup.issuer.token()
  t.equal(await status(setup, token), 401, 'the flood was faster')
  t.equal(await status(setup, setup.good), 200, 'a known key is never locked out')
  setup.advance(COOLDOWN)
  t.equal(await status(setup, stray(setup.issuer)), 401, 'what a flood asks for, everyone gets')
  t.equal(await status(setup, token), 200)
  t.equal(setup.issuer.fetches, 3)
})

t.test('F4 a revoked key is refused within one lifetime, under constant use and through the token cache', async t => {
  const setup = await warm(t)
  const { issuer, advance, good } = setup
  issuer.rotate()
  issuer.keys.splice(1)

  for (let seconds = 0; seconds < TTL; seconds += 20) {
    t.equal(await status(setup, good), 200)
    advance(20)
  }
  await checkRow(t, setup, { answer: 'IT', reason: 'unknown_key', ask: () => good })
  t.equal(issuer.fetches, 2)
  t.equal(await status(setup, issuer.token()), 200)
})

t.test('F4 a key whose end is seen sooner ends sooner, and its cached tokens with it', async t => {
  const setup = await warm(t)
  setup.issuer.rotate()
  setup.issuer.keys.splice(1)
  await keep(t, setup, setup.good)
  t.equal(await status(setup, setup.issuer.token()), 200, 'the new key is asked for')
  await checkRow(t, setup, { answer: 'IT', reason: 'unknown_key', ask: () => setup.good })
  t.equal(setup.issuer.fetches, 2)
})

t.test('F4 a key that comes back is accepted again', async t => {
  const setup = await warm(t)
  const { issuer, advance, good } = setup
  const old = key(issuer)
  issuer.rotate()
  issuer.keys.splice(1)
  advance(TTL)
  t.equal(await status(setup, good), 401)
  issuer.keys.push(old)
  advance(TTL)
  t.equal(await status(setup, good), 200)
})

for (const [name, words, answer] of TROUBLE) {
  t.test(`F5 F7 F8 ${name}: 503 while no key is known, 200 for known keys, 503 for unknown ones`, async t => {
    // Short only where it has to run out: a busy machine needs its time for the rest.
    const cold = await build(t, { keys: { timeout: words.source.includes('within') ? 1 : 5 } })
    cold.issuer.answer = answer
    await checkRow(t, cold, { answer: 'UNAV', reason: 'keys_unavailable', ask: issuer => issuer.token() })
    t.match(cold.logs.filter(({ level }) => level === 40), [{ msg: 'the key set cannot be had', err: { message: words }, issuer: cold.issuer.url }])
    t.equal(await ready(cold), 503)

    // The same server, once it had good keys.
    cold.issuer.answer = undefined
    cold.advance(1)
    const good = cold.issuer.token()
    t.equal(await status(cold, good), 200)
    cold.issuer.answer = answer
    cold.advance(TTL)
    t.equal(await status(cold, good), 200, 'a known key serves while the issuer is down')
    await checkRow(t, cold, { answer: 'UNAV', reason: 'keys_unavailable', ask: stray })
    t.equal(await status(cold, cold.issuer.token({ another: 'token' })), 200, 'a known key is never locked out')
    t.equal(await ready(cold), 200)
  })
}

t.test('F5 429 and 503 with Retry-After: the wait is kept and handed on', async t => {
  for (const [header, seconds] of [['120', '120'], ['Sun, 06 Nov 1994 08:51:37 GMT', '120'], ['soon', '1'], ['1e9', '1'], ['999999999', '600']] as const) {
    const setup = await build(t)
    setup.issuer.answer = send(429, '', { 'retry-after': header, date: 'Sun, 06 Nov 1994 08:49:37 GMT' })
    const response = await checkRow(t, setup, { answer: 'UNAV', reason: 'keys_unavailable', ask: issuer => issuer.token() })
    t.equal(response.headers['retry-after'], seconds, header)
    setup.advance(Number(seconds) - 0.9)
    await setup.whoami(setup.issuer.token())
    t.equal(setup.issuer.fetches, 1, 'not asked again before')
    setup.advance(1)
    await setup.whoami(setup.issuer.token())
    t.equal(setup.issuer.fetches, 2)
  }
})

t.test('F5 an unknown key does not break the wait that the issuer asked for', async t => {
  const setup = await warm(t)
  setup.issuer.answer = send(429, '', { 'retry-after': '300' })
  await checkRow(t, setup, { answer: 'UNAV', reason: 'keys_unavailable', ask: stray })
  setup.advance(2 * COOLDOWN)
  await checkRow(t, setup, { answer: 'UNAV', reason: 'keys_unavailable', ask: stray })
  t.equal(setup.issuer.fetches, 2)
})

t.test('F5 nobody listens: 503', async t => {
  const setup = await build(t)
  const token = setup.issuer.token()
  await setup.issuer.close()
  await checkRow(t, setup, { answer: 'UNAV', reason: 'keys_unavailable', ask: () => token })
  t.match(setup.logs, [{ err: { message: /^no answer \(ECONNREFUSED\)/ } }, {}])
})

t.test('F5 an issuer that is down is not hammered', async t => {
  const setup = await build(t)
  setup.issuer.answer = send(500, '')
  for (let i = 0; i < 300; i++) {
    if (await status(setup, setup.issuer.token()) !== 503) t.fail('not 503')
    setup.advance(1)
  }
  t.ok(setup.issuer.fetches <= 6 + 300 / COOLDOWN, `${setup.issuer.fetches} fetches in five minutes: after 1, 2, 4, 8, 16 seconds, then once a cooldown`)
})

t.test('F6 known keys serve for JWKS_MAX_STALE, and no longer', async t => {
  const setup = await warm(t)
  setup.issuer.answer = send(500, '')
  const token = setup.issuer.token({ exp: Math.floor(Date.now() / 1000) + 2 * MAX_STALE })
  setup.advance(MAX_STALE - 5)
  t.equal(await status(setup, token), 200)
  t.equal(await ready(setup), 200)
  setup.advance(5)
  await checkRow(t, setup, { answer: 'UNAV', reason: 'keys_unavailable', ask: () => token })
  t.equal(await ready(setup), 503)
})

t.test('F7 a hanging issuer: the fetch ends in time although the garbage is collected, and leaves no socket', async t => {
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
  await checkRow(t, setup, { answer: 'UNAV', reason: 'keys_unavailable', ask: issuer => issuer.token() })
  t.ok(Date.now() - start < 3000)
  await until(() => open === 0)
})

t.test('F5 an answer that is refused leaves no connection behind', async t => {
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

t.test('an issuer with https is asked by TLS: what does not speak it hears nothing and is no answer', async t => {
  let heard = 0
  const plain = await serve(t, () => { heard++ })
  await t.rejects(fetchKeys(plain.replace('http:', 'https:'), 5000, new AbortController().signal), { message: /^no answer \((?:EPROTO|ERR_SSL_\w+)\)/ })
  t.equal(heard, 0)
})

t.test('F8 a redirect is not followed', async t => {
  let asked = 0
  const elsewhere = await serve(t, (_request, response) => {
    asked++
    response.end(JSON.stringify({ keys: [] }))
  })
  const setup = await build(t)
  for (const location of [`${elsewhere}.well-known/jwks.json`, '/jwks']) {
    setup.issuer.answer = send(302, '', { location })
    await checkRow(t, setup, { answer: 'UNAV', reason: 'keys_unavailable', ask: issuer => issuer.token() })
  }
  t.equal(asked, 0)
})

t.test('a connection that breaks is no failure: one more try', async t => {
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

t.test('F9 a hundred requests before the first key: one fetch, all served', async t => {
  const setup = await build(t)
  const codes = await Promise.all(Array.from({ length: 100 }, (_, i) => status(setup, setup.issuer.token({ i }))))
  t.ok(codes.every(code => code === 200))
  t.equal(setup.issuer.fetches, 1)
})

t.test('F9 a hundred requests when the keys have just gone stale: one fetch, all served', async t => {
  const setup = await warm(t)
  setup.advance(TTL)
  const codes = await Promise.all(Array.from({ length: 100 }, (_, i) => status(setup, i % 2 ? setup.good : setup.issuer.token({ i }))))
  t.ok(codes.every(code => code === 200))
  t.equal(setup.issuer.fetches, 2)
})

t.test('F10 a clock that is off by ten minutes: the reason says so', async t => {
  const slow = await build(t)
  slow.advance(-600)
  await checkRow(t, slow, { answer: 'IT', reason: 'issued_in_future', log: { hint: /clock/ }, ask: issuer => issuer.token() })

  const fast = await build(t)
  fast.advance(600)
  const exp = Math.floor(Date.now() / 1000) + 300
  await checkRow(t, fast, { answer: 'EXPIRED', reason: 'expired', log: { hint: /clock/, found: exp }, ask: issuer => issuer.token({ exp }) })
})

t.test('D29 a token is refused once it has expired, cached or not', async t => {
  const setup = await build(t)
  const exp = Math.floor(Date.now() / 1000) + 60
  const token = setup.issuer.token({ exp })
  await keep(t, setup, token)
  setup.advance(66)
  await checkRow(t, setup, { answer: 'EXPIRED', reason: 'expired', ask: () => token })
})

t.test('D18 D29 the cache does not outlive MAX_TOKEN_AGE, and knows when a clock was set back', async t => {
  const setup = await build(t, { env: { MAX_TOKEN_AGE: '60' } })
  const later = Math.floor(Date.now() / 1000) + 100
  const token = setup.issuer.token({ iat: later, nbf: later })
  t.equal(await status(setup, setup.issuer.token()), 200, 'the keys are here')
  setup.advance(100)
  await keep(t, setup, token)
  setup.advance(-50)
  await checkRow(t, setup, { answer: 'IT', reason: 'issued_in_future', ask: () => token })
  setup.advance(50)
  t.equal(await status(setup, token), 200)
  setup.advance(61)
  await checkRow(t, setup, { answer: 'OLD', reason: 'too_old', ask: () => token })
})

t.test('a clock that was set back neither keeps a revoked key nor blocks a new one', async t => {
  const setup = await warm(t)
  const { issuer, advance } = setup
  const old = key(issuer)
  t.equal(await status(setup, stray(issuer)), 401)
  issuer.rotate()
  issuer.keys.splice(1)
  advance(-3600)
  const iat = Math.floor(Date.now() / 1000) - 4000
  t.equal(await status(setup, issuer.token({ iat })), 200, 'the new key is found')
  t.equal(await status(setup, issuer.token({ iat }, { key: old })), 401, 'the old one is gone')
})

t.test('F11 ready once there are keys; alive all along', async t => {
  const setup = await build(t)
  const { app, issuer } = setup
  let answer = (): void => {}
  issuer.answer = (_request, response) => {
    answer = () => response.end(JSON.stringify({ keys: issuer.keys.map(publicJwk) }))
  }
  t.equal(await ready(setup), 503)
  t.equal((await app.inject('/health/live')).statusCode, 200)
  await until(() => issuer.fetches === 1)
  answer()
  await until(async () => await ready(setup) === 200)
  t.equal((await app.inject('/health/live')).statusCode, 200)
  t.equal(issuer.fetches, 1, 'asking for health asks nothing of the issuer')
})

t.test('F11 keys are fetched again by themselves, after a failure and before they go stale', async t => {
  const setup = await build(t, { keys: { cooldown: 0.02, cacheTtl: 0.1 } })
  setup.issuer.answer = send(500, '')
  t.equal(await ready(setup), 503)
  await until(() => setup.issuer.fetches >= 3)
  setup.issuer.answer = undefined
  await until(async () => await ready(setup) === 200)
  const { fetches } = setup.issuer
  await until(() => setup.issuer.fetches >= fetches + 3)
})

t.test('F12 who waits for keys when the server closes is still answered', async t => {
  const setup = await build(t)
  const { app, issuer } = setup
  const port = await listen(app)
  await until(async () => await ready(setup) === 200)
  issuer.answer = (_request, response) => {
    setTimeout(() => response.end(JSON.stringify({ keys: issuer.keys.map(publicJwk) })), 50)
  }
  setup.advance(TTL)
  const answer = fetch(`http://localhost:${port}/mcp`, {
    method: 'POST',
    headers: { authorization: `Bearer ${issuer.token()}`, 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}'
  })
  await until(() => issuer.fetches === 2)
  const closed = app.close()
  t.equal((await answer).status, 200)
  await closed
})

t.test('F12 a fetch that nobody waits for ends with the server, without a word', async t => {
  const setup = await build(t)
  let closed = false
  setup.issuer.answer = ({ socket }) => { socket.once('close', () => { closed = true }) }
  await setup.app.ready()
  await until(() => setup.issuer.fetches === 1)
  await setup.app.close()
  await until(() => closed)
  t.strictSame(setup.logs, [])
})

t.test('F12 after the end nobody is asked', async t => {
  const { issuer } = await build(t)
  const source = createKeySource({ issuer: issuer.url, now: Date.now, cacheTtl: 600, cooldown: 30, timeout: 5, maxStale: 600 })
  source.close()
  t.match(await source.get('key'), { reason: 'keys_unavailable' })
  t.equal(issuer.fetches, 0)
  t.equal(source.ready, false)
})

t.test('D2 each issuer has keys of its own', async t => {
  const setup = await warm(t)
  const { issuer } = setup
  const second = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] }, { ...makePair(), kid: key(issuer).kid })
  t.teardown(() => second.close())
  const both = await build(t, { env: { AUTH0_DOMAIN: `${issuer.url},${second.url},${issuer.url}` } })

  t.equal(await status(both, issuer.token()), 200)
  t.equal(await status(both, second.token()), 200)
  t.equal((await both.whoami(second.token())).json().result.structuredContent.issuer, second.url)
  await checkRow(t, both, { answer: 'IT', reason: 'bad_signature', ask: () => issuer.token({ iss: second.url }) })
  await checkRow(t, both, { answer: 'IT', reason: 'bad_signature', ask: () => second.token({ iss: issuer.url }) })
  t.same([issuer.fetches, second.fetches], [2, 1], 'an issuer that is named twice is asked once')
})

t.test('D2 an issuer that is down does not take the others with it', async t => {
  const second = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] }, makePair())
  t.teardown(() => second.close())
  second.answer = send(500, '')
  const first = await warm(t)
  const both = await build(t, { env: { AUTH0_DOMAIN: `${second.url},${first.issuer.url}` } })
  t.equal(await status(both, first.issuer.token()), 200)
  t.equal(await ready(both), 200)
  await checkRow(t, both, { answer: 'UNAV', reason: 'keys_unavailable', ask: () => second.token() })
})

const good = makePair()
const jwk = { ...publicJwk(good) }
const short = makePair(1024)
const UNUSABLE: ReadonlyArray<readonly [string, RegExp, object]> = [
  ['C21 use enc', /signatures/, { ...jwk, use: 'enc' }],
  ['C21 kty EC', /RSA/, { kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }],
  ['C21 kty oct', /RSA/, { kty: 'oct', k: jwk['n'] }],
  ['C21 no kty', /RSA/, { ...jwk, kty: undefined }],
  ['C21 1024 bits', /shorter/, publicJwk(short)],
  ['C21 20,000 bits', /longer/, { ...jwk, n: Buffer.alloc(2500, 0xff).toString('base64url') }],
  ['C21 key_ops without verify', /verifying/, { ...jwk, key_ops: ['encrypt'] }],
  ['C21 key_ops that is no array', /verifying/, { ...jwk, key_ops: 'verify' }],
  ['C21 a public exponent of 3', /exponent/, { ...jwk, e: 'Aw' }],
  ['C21 no modulus', /valid/, { ...jwk, n: undefined }],
  ['C21 a modulus that is no string', /valid/, { ...jwk, n: 5 }],
  ['C22 alg RS512', /RS256/, { ...jwk, alg: 'RS512' }],
  ['C22 alg null', /RS256/, { ...jwk, alg: null }]
]

t.test('C21 C22 keys that may not verify, and keys that may', async t => {
  const setup = await build(t)
  const usable = [{ alg: undefined }, { use: undefined }, { key_ops: ['verify'] }, { x5c: ['AAAA'], x5t: 'a', ext: true }]
  setup.issuer.answer = keys(
    publicJwk(key(setup.issuer)),
    ...UNUSABLE.map(([name, , jwk]) => ({ ...jwk, kid: b64(name) })),
    ...usable.map((members, i) => ({ ...jwk, ...members, kid: `usable-${i}` })),
    { ...jwk, kid: 'twice' }, { ...jwk, kid: 'twice' },
    { ...jwk, kid: '__proto__' }
  )
  for (const [name, found] of UNUSABLE) {
    await t.test(`${name}: not valid`, async t => {
      const pair = name.includes('1024') ? short : good
      await checkRow(t, setup, { answer: 'IT', reason: 'key_unusable', log: { found }, ask: issuer => issuer.token({}, { key: { ...pair, kid: b64(name) } }) })
    })
  }
  await checkRow(t, setup, { answer: 'IT', reason: 'key_unusable', log: { found: /several/ }, ask: issuer => issuer.token({}, { key: { ...good, kid: 'twice' } }) })
  for (const [i] of usable.entries()) t.equal(await status(setup, setup.issuer.token({}, { key: { ...good, kid: `usable-${i}` } })), 200, `C22 ${JSON.stringify(usable[i])}: whoami answers`)
  t.equal(await status(setup, setup.issuer.token({}, { key: { ...good, kid: '__proto__' } })), 200, 'a key by any name')
  t.equal(setup.issuer.fetches, 1, 'a key that may not verify is known, and not asked for again')
})

t.test('A12 the metadata is served while the issuer is down', async t => {
  const setup = await build(t)
  setup.issuer.answer = hang
  const responses = await Promise.all(Array.from({ length: 100 }, () => setup.app.inject({ url: '/.well-known/oauth-protected-resource/mcp', headers: { host: 'localhost:3000' } })))
  t.ok(responses.every(({ statusCode }) => statusCode === 200))
})

t.test('503 has what a browser needs to read it', async t => {
  const setup = await build(t)
  setup.issuer.answer = send(500, '')
  const response = await setup.whoami(setup.issuer.token(), { origin: 'http://localhost:6274' })
  checkRefused(t, response, 'UNAV')
  t.match(response.headers, { 'access-control-allow-origin': 'http://localhost:6274', 'access-control-expose-headers': /Retry-After/, vary: 'Origin' })
})
