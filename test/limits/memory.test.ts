import fc from 'fast-check'
import t from 'tap'
import { createMemoryLimits } from '../../limits/memory.ts'
import { noPlace, type Bound, type Grant } from '../../limits/limits.ts'

const steps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 300 })
const rates = fc.record({ max: fc.integer({ min: 1, max: 20 }), window: fc.integer({ min: 1, max: 3 }) })

t.test('accepts exactly the maximum in any window', async t => {
  fc.assert(fc.property(rates, steps, (rate, steps) => {
    const limits = createMemoryLimits()
    const accepted: number[] = []
    let now = 0
    for (const step of steps) {
      now += step
      const room = accepted.filter(time => time > now - rate.window * 1000).length < rate.max
      const isGranted = waitOf(limits.take([{ key: 'a', rate }], now)) === 0
      if (isGranted !== room) return false
      if (isGranted) accepted.push(now)
    }
    return accepted.every(start => accepted.filter(time => time >= start && time < start + rate.window * 1000).length <= rate.max)
  }))
  t.pass()
})

t.test('accepts a caller that waits for Retry-After, which reaches the maximum in every window', async t => {
  fc.assert(fc.property(rates, steps, (rate, steps) => {
    const limits = createMemoryLimits()
    const bounds = [{ key: 'a', rate }]
    let now = 0
    for (const step of steps) {
      now += step % 50
      const wait = waitOf(limits.take(bounds, now))
      if (wait === 0) continue
      if (waitOf(limits.take(bounds, now + wait - 1)) === 0) return false
      now += wait
      if (waitOf(limits.take(bounds, now)) !== 0) return false
    }
    return true
  }))
  t.pass()
})

t.test('counts a use under every bound, or under none', async t => {
  const limits = createMemoryLimits()
  const [caller, tool] = [{ key: 'caller', rate: { max: 3, window: 10 } }, { key: 'tool', rate: { max: 1, window: 5 } }]
  t.equal(waitOf(limits.take([caller, tool], 0)), 0)
  t.equal(waitOf(limits.take([caller, tool], 1000)), 4000, 'the longer wait counts')
  t.equal(waitOf(limits.take([caller], 1000)), 0)
  t.equal(waitOf(limits.take([caller], 1000)), 0, 'the refused use was not counted')
  t.equal(waitOf(limits.take([caller, tool], 2000)), 8000)
})

t.test('counts the uses that run at the same time, separately for each key', async t => {
  const limits = createMemoryLimits()
  const [a, b] = [{ key: 'a', concurrency: 2 }, { key: 'b', concurrency: 1, rate: { max: 2, window: 10 } }]
  const take = (...bounds: Bound[]): Grant => limits.take(bounds, 0)
  const first = take(a) as () => void
  t.type(take(a), 'function')
  t.strictSame(take(a), noPlace(a))
  t.strictSame(take(b, a), noPlace(a), 'tells which bound is reached')
  const other = take(b)
  t.type(other, 'function', 'a refused use takes no place of another key')
  first()
  t.type(take(a), 'function')
  t.strictSame(take(a), noPlace(a), 'one is still running')
  ;(other as () => void)()
  ;(take(b) as () => void)()
  t.strictSame(take(b), { wait: 10_000, bound: b, atOnce: false })
  t.strictSame(take(b), { wait: 10_000, bound: b, atOnce: false }, 'a use over the rate takes no place')
})

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

t.test('keeps a quiet key although another one is used for long', async t => {
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

function waitOf (granted: Grant): number {
  return typeof granted === 'function' ? 0 : granted.wait
}
