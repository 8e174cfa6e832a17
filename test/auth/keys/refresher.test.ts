import t from 'tap'
import { build } from '../../support/build.ts'
import { ready, send, status, stray, TTL, warm } from '../../support/keys.ts'
import { key } from '../../support/tokens.ts'
import { until } from '../../support/wire.ts'

t.test('F9 fetches once for a hundred requests before the first key, and answers all', async t => {
  const setup = await build(t)
  const codes = await Promise.all(Array.from({ length: 100 }, (_, i) => status(setup, setup.issuer.token({ i }))))
  t.ok(codes.every(code => code === 200))
  t.equal(setup.issuer.fetches, 1)
})

t.test('F9 fetches once for a hundred requests when the keys have just gone stale, and answers all', async t => {
  const setup = await warm(t)
  setup.advance(TTL)
  const codes = await Promise.all(Array.from({ length: 100 }, (_, i) => status(setup, i % 2 ? setup.good : setup.issuer.token({ i }))))
  t.ok(codes.every(code => code === 200))
  t.equal(setup.issuer.fetches, 2)
})

t.test('refuses a revoked key and accepts a new one after the clock was set back', async t => {
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

t.test('F11 fetches keys again on its own, after a failure and before they go stale', async t => {
  const setup = await build(t, { keys: { cooldown: 0.02, cacheTtl: 0.1 } })
  setup.issuer.answer = send(500, '')
  t.equal(await ready(setup), 503)
  await until(() => setup.issuer.fetches >= 3)
  setup.issuer.answer = undefined
  await until(async () => await ready(setup) === 200)
  const { fetches } = setup.issuer
  await until(() => setup.issuer.fetches >= fetches + 3)
})
