import fc from 'fast-check'
import t from 'tap'
import { createWindowCounter } from '../../limits/window.ts'

const steps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 300 })
const rates = fc.record({ max: fc.integer({ min: 1, max: 20 }), window: fc.integer({ min: 1, max: 3 }) })

t.test('accepts exactly the maximum in any window', async t => {
  fc.assert(fc.property(rates, steps, (rate, steps) => {
    const counter = createWindowCounter()
    const accepted: number[] = []
    let now = 0
    for (const step of steps) {
      now += step
      const room = accepted.filter(time => time > now - rate.window * 1000).length < rate.max
      const wait = counter.take([{ key: 'a', rate }], now)
      if ((wait === 0) !== room) return false
      if (wait === 0) accepted.push(now)
    }
    return accepted.every(start => accepted.filter(time => time >= start && time < start + rate.window * 1000).length <= rate.max)
  }))
  t.pass()
})

t.test('accepts a caller that waits for Retry-After, which reaches the maximum in every window', async t => {
  fc.assert(fc.property(rates, steps, (rate, steps) => {
    const counter = createWindowCounter()
    const uses = [{ key: 'a', rate }]
    let now = 0
    for (const step of steps) {
      now += step % 50
      const wait = counter.take(uses, now)
      if (wait === 0) continue
      if (counter.take(uses, now + wait - 1) === 0) return false
      now += wait
      if (counter.take(uses, now) !== 0) return false
    }
    return true
  }))
  t.pass()
})

t.test('counts a use under every rate, or under none', async t => {
  const counter = createWindowCounter()
  const [caller, tool] = [{ key: 'caller', rate: { max: 3, window: 10 } }, { key: 'tool', rate: { max: 1, window: 5 } }]
  t.equal(counter.take([caller, tool], 0), 0)
  t.equal(counter.take([caller, tool], 1000), 4000, 'the longer wait counts')
  t.equal(counter.take([caller], 1000), 0)
  t.equal(counter.take([caller], 1000), 0, 'the refused use was not counted')
  t.equal(counter.take([caller, tool], 2000), 8000)
})

t.test('forgets the least used key, so that memory is bounded', async t => {
  const use = (key: string, max = 1) => [{ key, rate: { max, window: 60 } }]
  const counter = createWindowCounter({ maxKeys: 2 })
  for (const key of ['a', 'b', 'c']) counter.take(use(key), 0)
  t.equal(counter.take(use('c'), 0), 60_000)
  t.equal(counter.take(use('a'), 0), 0)

  const small = createWindowCounter({ maxBytes: 1024 })
  for (let i = 0; i < 80; i++) small.take(use('large', 100), i)
  for (const key of ['d', 'e', 'f']) small.take(use(key), 0)
  t.equal(small.take(use('large', 80), 100), 0, 'bytes are bounded too')
})
