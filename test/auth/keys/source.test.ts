import t from 'tap'
import { createKeySource } from '../../../auth/keys/source.ts'
import { build } from '../../support/build.ts'
import { cacheToken, COOLDOWN, MAX_STALE, ready, send, status, stray, TTL, warm } from '../../support/keys.ts'
import { checkRow } from '../../support/refusals.ts'
import { b64, header, key, withSegment } from '../../support/tokens.ts'

t.test('F1 fetches once for an unknown key, then rejects it without a fetch until the cooldown ends', async t => {
  const setup = await warm(t)
  const { issuer, advance } = setup

  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'unknown_key', ask: stray })
  t.equal(issuer.fetches, 2)
  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'unknown_key', ask: stray })
  advance(COOLDOWN - 1)
  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'unknown_key', ask: stray })
  t.equal(issuer.fetches, 2)
  advance(1)
  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'unknown_key', ask: stray })
  t.equal(issuer.fetches, 3)
})

t.test('F2 fetches twice for a thousand unknown keys in 55 seconds, and serves good tokens meanwhile', async t => {
  let time = Date.now()
  const setup = await warm(t, { now: () => time })
  const token = setup.issuer.token()
  for (let i = 0; i < 1000; i++) {
    time += 55
    const kid = b64({ ...header(setup.issuer), kid: `flood-${i}` })
    if (await status(setup, withSegment(token, 0, kid)) !== 401) t.fail('not refused')
    if (i % 50 === 0) t.equal(await status(setup, setup.issuer.token({ i })), 200)
  }
  t.equal(setup.issuer.fetches, 3, 'the first one, and one for each cooldown')
})

t.test('F2 fetches once for a hundred unknown keys at once', async t => {
  const setup = await warm(t)
  const codes = await Promise.all(Array.from({ length: 100 }, () => status(setup, stray(setup.issuer))))
  t.ok(codes.every(code => code === 401))
  t.equal(setup.issuer.fetches, 2)
})

t.test('F3 finds a new key with the first token that names it', async t => {
  const setup = await warm(t)
  setup.issuer.rotate()
  t.equal(await status(setup, setup.issuer.token()), 200)
  t.equal(setup.issuer.fetches, 2)
  t.equal(await status(setup, setup.good), 200, 'the old key still serves')
})

t.test('F3 finds a new key within one cooldown in a flood of unknown keys', async t => {
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

t.test('F4 refuses a revoked key within JWKS_CACHE_TTL, under constant use and for cached tokens', async t => {
  const setup = await warm(t)
  const { issuer, advance, good } = setup
  issuer.rotate()
  issuer.keys.splice(1)

  for (let seconds = 0; seconds < TTL; seconds += 20) {
    t.equal(await status(setup, good), 200)
    advance(20)
  }
  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'unknown_key', ask: () => good })
  t.equal(issuer.fetches, 2)
  t.equal(await status(setup, issuer.token()), 200)
})

t.test('F4 refuses a key and its cached tokens as soon as a fetch shows that it was withdrawn', async t => {
  const setup = await warm(t)
  setup.issuer.rotate()
  setup.issuer.keys.splice(1)
  await cacheToken(t, setup, setup.good)
  t.equal(await status(setup, setup.issuer.token()), 200, 'the new key is asked for')
  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'unknown_key', ask: () => setup.good })
  t.equal(setup.issuer.fetches, 2)
})

t.test('F4 accepts a withdrawn key again once the set lists it again', async t => {
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

t.test('F5 waits as long as a 429 or 503 of the issuer asks for, and passes the wait on to the caller', async t => {
  for (const [header, seconds] of [['120', '120'], ['Sun, 06 Nov 1994 08:51:37 GMT', '120'], ['soon', '1'], ['1e9', '1'], ['999999999', '600']] as const) {
    const setup = await build(t)
    setup.issuer.answer = send(429, '', { 'retry-after': header, date: 'Sun, 06 Nov 1994 08:49:37 GMT' })
    const response = await checkRow(t, setup, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: issuer => issuer.token() })
    t.equal(response.headers['retry-after'], seconds, header)
    setup.advance(Number(seconds) - 0.9)
    await setup.whoami(setup.issuer.token())
    t.equal(setup.issuer.fetches, 1, 'not asked again before')
    setup.advance(1)
    await setup.whoami(setup.issuer.token())
    t.equal(setup.issuer.fetches, 2)
  }
})

t.test('F5 does not fetch for an unknown key before the wait that the issuer asked for is over', async t => {
  const setup = await warm(t)
  setup.issuer.answer = send(429, '', { 'retry-after': '300' })
  await checkRow(t, setup, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: stray })
  setup.advance(2 * COOLDOWN)
  await checkRow(t, setup, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: stray })
  t.equal(setup.issuer.fetches, 2)
})

t.test('F5 answers 503 if the issuer refuses the connection', async t => {
  const setup = await build(t)
  const token = setup.issuer.token()
  await setup.issuer.close()
  await checkRow(t, setup, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: () => token })
  t.match(setup.logs, [{ err: { message: /^no answer \(ECONNREFUSED\)/ } }, {}])
})

t.test('F5 asks an issuer that is down at growing intervals only', async t => {
  const setup = await build(t)
  setup.issuer.answer = send(500, '')
  for (let i = 0; i < 300; i++) {
    if (await status(setup, setup.issuer.token()) !== 503) t.fail('not 503')
    setup.advance(1)
  }
  t.ok(setup.issuer.fetches <= 6 + 300 / COOLDOWN, `${setup.issuer.fetches} fetches in five minutes: after 1, 2, 4, 8, 16 seconds, then once a cooldown`)
})

t.test('F6 uses known keys for JWKS_MAX_STALE while the issuer is down, and no longer', async t => {
  const setup = await warm(t)
  setup.issuer.answer = send(500, '')
  const token = setup.issuer.token({ exp: Math.floor(Date.now() / 1000) + 2 * MAX_STALE })
  setup.advance(MAX_STALE - 5)
  t.equal(await status(setup, token), 200)
  t.equal(await ready(setup), 200)
  setup.advance(5)
  await checkRow(t, setup, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: () => token })
  t.equal(await ready(setup), 503)
})

t.test('F12 fetches nothing after the server is closed', async t => {
  const { issuer } = await build(t)
  const source = createKeySource({ issuer: issuer.url, now: Date.now, cacheTtl: 600, cooldown: 30, timeout: 5, maxStale: 600 })
  source.close()
  await t.rejects(async () => source.get('key'), { code: 'keys_unavailable' })
  t.equal(issuer.fetches, 0)
  t.equal(source.ready, false)
})
