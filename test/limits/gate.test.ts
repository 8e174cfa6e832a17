import t from 'tap'
import { createGate } from '../../limits/gate.ts'

t.test('counts the calls that run at the same time, separately for each key', async t => {
  const gate = createGate()
  t.notOk(gate.isFull('a', 2))
  gate.enter('a')
  t.notOk(gate.isFull('a', 2))
  gate.enter('a')
  t.ok(gate.isFull('a', 2))
  t.notOk(gate.isFull('b', 1), 'another key has room')

  gate.leave('a')
  t.notOk(gate.isFull('a', 2))
  t.ok(gate.isFull('a', 1), 'one is still running')
  gate.leave('a')
  t.notOk(gate.isFull('a', 1))
})

t.test('counts correctly after it has forgotten idle keys', async t => {
  const gate = createGate()
  const keys = Array.from({ length: 10_100 }, (_, i) => `key ${i}`)
  for (const key of keys) gate.enter(key)
  for (const key of keys) gate.leave(key)
  t.notOk(keys.some(key => gate.isFull(key, 1)), 'every key has room')
  gate.enter('key 0')
  t.ok(gate.isFull('key 0', 1), 'a key that was forgotten counts from the start')
})
