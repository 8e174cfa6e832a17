import { hash } from 'node:crypto'
import t, { type Test } from 'tap'
import { toCaller } from '../../auth/caller.ts'
import { createKeyRing } from '../../auth/keys/ring.ts'
import type { SigningKey } from '../../auth/keys/set.ts'
import { createTokenCache, type TokenCacheOptions } from '../../auth/token-cache.ts'
import { startIssuer } from '../../dev/issuer.ts'
import { AUDIENCE, build } from '../support/build.ts'
import { cacheToken, status } from '../support/keys.ts'
import { checkRow } from '../support/refusals.ts'

const NOW = Date.UTC(2031, 0, 1)

t.test('keeps a token when it comes for the second time', async t => {
  const { cache, verified, names } = await setup(t)
  t.equal(cache.get('one', NOW), undefined)
  cache.set('one', verified)
  t.equal(cache.get('one', NOW), undefined)
  cache.set('one', verified)
  t.match(cache.get('one', NOW), verified)
  t.same(names('one', 'other'), ['one'])
})

t.test('does not displace a repeated token by tokens that come once', async t => {
  const { cache, verified, names } = await setup(t, { maxEntries: 3 })
  for (const token of ['a', 'b', 'c', 'a', 'b', 'c']) cache.set(token, verified)
  for (let i = 0; i < 100; i++) cache.set(`once ${i}`, verified)
  t.same(names('a', 'b', 'c', 'once 1', 'once 99'), ['a', 'b', 'c'])
})

t.test('keeps the most recent of the repeated tokens if there is no room for all', async t => {
  const { cache, verified, names } = await setup(t, { maxEntries: 2 })
  for (const token of ['a', 'a', 'b', 'b', 'c', 'c']) cache.set(token, verified)
  t.same(names('a', 'b', 'c'), ['b', 'c'])
})

t.test('forgets a token that was seen once long ago', async t => {
  const { cache, verified, names } = await setup(t, { maxEntries: 2 })
  for (const token of ['a', ...Array.from({ length: 100 }, (_, i) => `once ${i}`), 'a']) cache.set(token, verified)
  t.same(names('a'), [])
})

t.test('keeps thousands of tokens that come twice, with all the others in between', async t => {
  const { cache, verified } = await setup(t)
  const tokens = Array.from({ length: 5000 }, (_, i) => hash('sha256', String(i), 'base64url'))
  for (const token of [...tokens, ...tokens]) cache.set(token, verified)
  // A row of the table may get more tokens than it has places.
  t.ok(cache.stats.size > 4900, `${cache.stats.size} tokens`)
})

t.test('takes a token for one that came before only if they have the same number', async t => {
  const { cache, verified, names } = await setup(t)
  // The number of the first is that of an empty place. Those of the others are the same, which does no harm.
  const tokens = ['\0', 'Aa', 'C#']
  for (const token of tokens) cache.set(token, verified)
  t.same(names(...tokens), ['C#'])
})

t.test('does not confuse two tokens with the same end', async t => {
  const { cache, verified, names } = await setup(t)
  const [mine, yours] = ['header.mine.c2lnbmF0dXJlLW9mLWFuLWlzc3Vlcg', 'header.yours.c2lnbmF0dXJlLW9mLWFuLWlzc3Vlcg']
  cache.set(mine, verified)
  cache.set(mine, verified)
  t.same(names(mine, yours, mine.slice(1), mine.slice(-12)), [mine])
})

t.test('D29 refuses an expired token, cached or not', async t => {
  const setup = await build(t)
  const exp = Math.floor(Date.now() / 1000) + 60
  const token = setup.issuer.token({ exp })
  await cacheToken(t, setup, token)
  setup.advance(66)
  await checkRow(t, setup, { answer: 'EXPIRED', reason: 'expired', ask: () => token })
})

t.test('D18 D29 refuses a cached token beyond MAX_TOKEN_AGE, and after the clock was set back before iat', async t => {
  const setup = await build(t, { env: { MAX_TOKEN_AGE: '60' } })
  const later = Math.floor(Date.now() / 1000) + 100
  const token = setup.issuer.token({ iat: later, nbf: later })
  t.equal(await status(setup, setup.issuer.token()), 200, 'the keys are here')
  setup.advance(100)
  await cacheToken(t, setup, token)
  setup.advance(-50)
  await checkRow(t, setup, { answer: 'INVALID_TOKEN', reason: 'issued_in_future', ask: () => token })
  setup.advance(50)
  t.equal(await status(setup, token), 200)
  setup.advance(61)
  await checkRow(t, setup, { answer: 'OLD', reason: 'too_old', ask: () => token })
})

/** A cache over the keys of a real issuer, and an entry for it. */
async function setup (t: Test, options: TokenCacheOptions = {}) {
  const issuer = await startIssuer({ audience: AUDIENCE, scopes: [] })
  const keys = createKeyRing({ issuers: [issuer.url], now: () => NOW, cacheTtl: 600, cooldown: 30, timeout: 5, maxStale: 86_400 })
  t.teardown(() => keys.close())
  t.teardown(() => issuer.close())
  await keys.prefetch()

  const cache = createTokenCache(keys, options)
  const caller = toCaller({ iss: issuer.url, sub: 'somebody', azp: 'a client', aud: AUDIENCE }, 'any')
  const verified = { caller, key: await keys.get(issuer.url, issuer.keys[0]?.kid ?? '') as SigningKey, validity: { from: 0, until: Infinity } }
  /** The tokens of these that the cache holds. */
  const names = (...tokens: string[]) => tokens.filter(token => cache.get(token, NOW) !== undefined)
  return { cache, verified, names }
}
