import t from 'tap'
import { createMemoryLimits } from '../../limits/memory.ts'
import { noPlace, type Bound } from '../../limits/limits.ts'
import { waitOf } from '../support/wait-of.ts'

t.test('forgets the keys that were not used for longest, so that memory is bounded', async t => {
  const use = (key: string, max = 1) => [{ key, rate: { max, window: 60 } }]
  const many = createMemoryLimits(10_000)
  const waits = (key: string): boolean => waitOf(many.take(use(key), 0)) > 0
  for (let i = 0; i < 7; i++) t.notOk(waits(`key ${i}`))
  t.ok(waits('key 0'))
  for (let i = 7; i < 20; i++) {
    t.notOk(waits(`key ${i}`))
    t.ok(waits('key 0'), 'a key that is used is kept')
  }
  t.notOk(waits('key 1'), 'it was forgotten')

  const large = createMemoryLimits(10_000)
  large.take(use('a'), 0)
  for (let i = 0; i < 400; i++) large.take(use('large', 400), 0)
  for (const key of ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k']) large.take(use(key), 0)
  t.equal(waitOf(large.take(use('a'), 0)), 0, 'bytes are bounded too')
})

t.test('keeps a key that is used once although another one is used all the time', async t => {
  const limits = createMemoryLimits(10_000)
  const quiet = [{ key: 'quiet', rate: { max: 1, window: 86_400 } }]
  const busy = [{ key: 'busy', rate: { max: 100, window: 1 } }]
  limits.take(quiet, 0)
  for (let i = 0; i < 5000; i++) {
    limits.take(busy, i * 100)
    if (i % 1000 === 0) limits.take([{ key: `other ${i}`, rate: { max: 1, window: 1 } }], i * 100)
  }
  t.equal(waitOf(limits.take(quiet, 500_000)), 86_400_000 - 500_000, 'times that no longer count take no memory')
})

t.test('bounds memory although no new key comes', async t => {
  const limits = createMemoryLimits(10_000)
  const idle = { key: 'idle', rate: { max: 1, window: 100_000 } }
  limits.take([idle], 0)
  const busy = [{ key: 'fast', rate: { max: 1000, window: 1 } }]
  for (let i = 0; i < 1000; i++) limits.take(busy, 1000)
  t.equal(waitOf(limits.take([idle], 1000)), 0, 'the many uses take the room')
})

t.test('counts the memory of a key', async t => {
  const limits = createMemoryLimits(10_000)
  const bounds = ['a', 'b', 'c'].map(name => [{ key: name.repeat(4000), rate: { max: 1, window: 60 } }])
  for (const bound of bounds) limits.take(bound, 0)
  t.equal(waitOf(limits.take(bounds[0] as Bound[], 0)), 0)
})

t.test('forgets no key while a use of it runs', async t => {
  const limits = createMemoryLimits(10_000)
  const bounds = [{ key: 'a', concurrency: 1 }]
  const flood = (): void => { for (let i = 0; i < 40; i++) limits.take([{ key: `key ${i}`, rate: { max: 1, window: 60 } }], 0) }
  for (let i = 0; i < 2; i++) {
    const release = limits.take(bounds, 0)
    t.type(release, 'function')
    flood()
    t.strictSame(limits.take(bounds, 0), noPlace(bounds[0] as Bound))
    ;(release as () => void)()
  }
})

t.test('forgets no place of a new key although the keys that run take all the memory', async t => {
  const limits = createMemoryLimits(3000)
  const rate = { max: 9, window: 60 }
  const bounds = (key: string): Bound[] => [{ key, rate, concurrency: 1 }, { key: `${key} tool`, rate }]
  limits.take(bounds('a').slice(0, 1), 0)
  for (const key of ['b', 'c']) t.type(limits.take(bounds(key), 0), 'function')
  t.match(limits.take(bounds('c'), 0), { atOnce: true })
})

t.test('still counts a use that ended after its key had moved to the old half', async t => {
  const limits = createMemoryLimits(10_000)
  const bounds = [{ key: 'slow', rate: { max: 1, window: 60 }, concurrency: 1 }]
  const release = limits.take(bounds, 0) as () => void
  for (let i = 0; i < 8; i++) limits.take([{ key: `key ${i}`, rate: { max: 1, window: 60 } }], 0)
  release()
  t.equal(waitOf(limits.take(bounds, 0)), 60_000)
})

t.test('keeps twice as many keys if the only use of each is over', async t => {
  const limits = createMemoryLimits(10_000)
  const bounds = (i: number): Bound[] => [{ key: `key ${i}`, rate: { max: 1, window: 60 }, concurrency: 1 }]
  for (let i = 0; i < 30; i++) (limits.take(bounds(i), 0) as () => void)()
  t.equal(waitOf(limits.take(bounds(0), 0)), 60_000)
})
