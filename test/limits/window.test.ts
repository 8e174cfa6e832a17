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
      const wait = counter.wait('a', rate, now)
      if ((wait === 0) !== room) return false
      if (wait > 0) continue
      counter.add('a', rate, now)
      accepted.push(now)
    }
    return accepted.every(start => accepted.filter(time => time >= start && time < start + rate.window * 1000).length <= rate.max)
  }))
  t.pass()
})

t.test('accepts a caller that waits for Retry-After, which reaches the maximum in every window', async t => {
  fc.assert(fc.property(rates, steps, (rate, steps) => {
    const counter = createWindowCounter()
    let now = 0
    for (const step of steps) {
      now += step % 50
      const wait = counter.wait('a', rate, now)
      if (wait > 0 && counter.wait('a', rate, now + wait - 1) === 0) return false
      now += wait
      if (counter.wait('a', rate, now) !== 0) return false
      counter.add('a', rate, now)
    }
    return true
  }))
  t.pass()
})

t.test('forgets the least used key, so that memory is bounded', async t => {
  const rate = { max: 1, window: 60 }
  const counter = createWindowCounter({ maxKeys: 2 })
  for (const key of ['a', 'b', 'c']) counter.add(key, rate, 0)
  t.equal(counter.wait('a', rate, 0), 0)
  t.equal(counter.wait('c', rate, 0), 60_000)

  const small = createWindowCounter({ maxBytes: 1024 })
  for (let i = 0; i < 80; i++) small.add('large', { max: 100, window: 60 }, i)
  for (const key of ['d', 'e', 'f']) small.add(key, rate, 0)
  t.equal(small.wait('large', { max: 80, window: 60 }, 100), 0, 'bytes are bounded too')
})
