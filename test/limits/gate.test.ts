import t from 'tap'
import { createGate } from '../../limits/gate.ts'

t.test('counts what runs at the same time, each key for itself', async t => {
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
