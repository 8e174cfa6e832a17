import t from 'tap'
import { createGate } from '../../limits/gate.ts'

t.test('counts the calls that run at the same time, separately for each key', async t => {
  const gate = createGate()
  const first = gate.enter('a', 2) as () => void
  const second = gate.enter('a', 2) as () => void
  t.equal(gate.enter('a', 2), undefined)
  t.ok(gate.enter('b', 1), 'another key has room')

  first()
  const third = gate.enter('a', 2)
  t.ok(third)
  t.equal(gate.enter('a', 2), undefined, 'one is still running')
  second()
  third?.()
  t.ok(gate.enter('a', 1))
})

t.test('counts correctly after it has forgotten idle keys', async t => {
  const gate = createGate()
  const keys = Array.from({ length: 1100 }, (_, i) => `key ${i}`)
  const enter = (key: string): () => void => gate.enter(key, 1) as () => void
  for (const leave of keys.map(enter)) leave()
  t.ok(keys.map(enter).every(leave => typeof leave === 'function'), 'every key has room')
  t.equal(gate.enter('key 0', 1), undefined, 'a key that was forgotten counts from the start')
})
