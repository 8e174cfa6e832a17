import t, { type Test } from 'tap'
import { toCaller } from '../auth/caller.ts'
import { createKeyRing } from '../auth/key-ring.ts'
import type { SigningKey } from '../auth/key-set.ts'
import { createTokenCache, type TokenCacheOptions } from '../auth/token-cache.ts'
import { startIssuer } from '../dev/issuer.ts'
import { AUDIENCE } from './helper.ts'

const NOW = Date.UTC(2031, 0, 1)

t.test('a token is kept when it comes for the second time', async t => {
  const { cache, verified, names } = await setup(t)
  t.equal(cache.get('one', NOW), undefined)
  cache.set('one', verified)
  t.equal(cache.get('one', NOW), undefined)
  cache.set('one', verified)
  t.match(cache.get('one', NOW), verified)
  t.same(names('one', 'other'), ['one'])
})

t.test('tokens that come once push nobody out, however many', async t => {
  const { cache, verified, names } = await setup(t, { maxEntries: 3 })
  for (const token of ['a', 'b', 'c', 'a', 'b', 'c']) cache.set(token, verified)
  for (let i = 0; i < 100; i++) cache.set(`once ${i}`, verified)
  t.same(names('a', 'b', 'c', 'once 1', 'once 99'), ['a', 'b', 'c'])
})

t.test('of those that come again the last are kept, as many as there is room for', async t => {
  const { cache, verified, names } = await setup(t, { maxEntries: 2 })
  for (const token of ['a', 'a', 'b', 'b', 'c', 'c']) cache.set(token, verified)
  t.same(names('a', 'b', 'c'), ['b', 'c'])
})

t.test('what came long ago came never', async t => {
  const { cache, verified, names } = await setup(t, { maxEntries: 2 })
  for (const token of ['a', 'b', 'c', 'd', 'e', 'a']) cache.set(token, verified)
  t.same(names('a'), [])
})

t.test('tokens with the same end are told apart', async t => {
  const { cache, verified, names } = await setup(t)
  const [mine, yours] = ['header.mine.c2lnbmF0dXJlLW9mLWFuLWlzc3Vlcg', 'header.yours.c2lnbmF0dXJlLW9mLWFuLWlzc3Vlcg']
  cache.set(mine, verified)
  cache.set(mine, verified)
  t.same(names(mine, yours, mine.slice(1), mine.slice(-12)), [mine])
})

/** A cache over the real keys of a real issuer, and a verdict to put into it. */
async function setup (t: Test, options: TokenCacheOptions = {}) {
  const issuer = await startIssuer({ audience: AUDIENCE, scopes: [] })
  const keys = createKeyRing({ issuers: [issuer.url], now: () => NOW, cacheTtl: 600, cooldown: 30, timeout: 5, maxStale: 86_400 })
  t.teardown(() => keys.close())
  t.teardown(() => issuer.close())
  await keys.prefetch()

  const cache = createTokenCache(keys, options)
  const caller = toCaller({ iss: issuer.url, sub: 'somebody', azp: 'a client', aud: AUDIENCE }, 'any')
  const verified = { caller, key: await keys.get(issuer.url, issuer.keys[0]?.kid ?? '') as SigningKey, validity: { from: 0, until: Infinity } }
  /** Which of these tokens are kept. */
  const names = (...tokens: string[]) => tokens.filter(token => cache.get(token, NOW) !== undefined)
  return { cache, verified, names }
}
