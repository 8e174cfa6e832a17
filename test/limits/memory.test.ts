import fc from 'fast-check'
import t from 'tap'
import { createMemoryLimits } from '../../limits/memory.ts'
import { noPlace, type Bound, type Grant } from '../../limits/limits.ts'
import { waitOf } from '../support/wait-of.ts'

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

t.test('counts all uses of a window that holds many, after another such window', async t => {
  // With 40, the old times are dropped when there are new ones already; with 200, before the first new one.
  for (const max of [40, 200]) {
    const limits = createMemoryLimits()
    const bounds = [{ key: 'a', rate: { max, window: 1 } }]
    for (const now of [0, 1000, 2000, 3000]) {
      const accepted = Array.from({ length: 300 }, () => limits.take(bounds, now)).filter(granted => waitOf(granted) === 0)
      t.equal(accepted.length, max)
    }
  }
})

t.test('keeps a window whole between two milliseconds', async t => {
  const limits = createMemoryLimits()
  const bounds = [{ key: 'a', rate: { max: 1, window: 1 } }]
  limits.take(bounds, 0.9)
  t.ok(waitOf(limits.take(bounds, 1000.8)) > 0)
  t.equal(waitOf(limits.take(bounds, 1001)), 0)
})

t.test('lets nobody wait longer than a window, even within the millisecond of a use', async t => {
  const limits = createMemoryLimits()
  const bounds = [{ key: 'a', rate: { max: 1, window: 1 } }]
  limits.take(bounds, 0.5)
  t.equal(waitOf(limits.take(bounds, 0.5)), 1000)
  t.equal(waitOf(limits.take(bounds, 1)), 1000)
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

t.test('counts by the rate alike whether each use ends before the next one or all of them run on', async t => {
  fc.assert(fc.property(rates, steps, (rate, steps) => {
    const [running, over] = [createMemoryLimits(), createMemoryLimits()]
    const bounds = [{ key: 'a', rate, concurrency: 1000 }]
    let now = 0
    return steps.every(step => {
      now += step
      const granted = over.take(bounds, now)
      if (typeof granted === 'function') granted()
      return waitOf(granted) === waitOf(running.take(bounds, now))
    })
  }))
  t.pass()
})
