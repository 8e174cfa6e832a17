import t from 'tap'
import { createStore } from '../../dev/provider/store.ts'
import { makePair } from '../../dev/signing.ts'
import { memoryState } from '../../dev/state.ts'
import { movableClock } from '../support/clock.ts'

t.test('forgets an entry once it has expired', async t => {
  const entries = new Map()
  let saves = 0
  const clients = createStore({ entries, save: () => { saves++ } })('Client')
  await clients.upsert('old', { uid: 'a' }, 0)
  t.equal(await clients.find('old'), undefined)
  await clients.upsert('new', { uid: 'b' }, 60)
  t.strictSame([...entries.keys()], ['Client:new'])
  t.match(await clients.findByUid('b'), { uid: 'b' })
  t.equal(saves, 2)
})

t.test('finds an entry by key and uid until it expires', async t => {
  const clock = movableClock(t)
  const store = createStore(memoryState(makePair()))
  const [sessions, codes] = [store('Session'), store('DeviceCode')]
  await sessions.upsert('a', { uid: 'A' }, 60)
  await sessions.upsert('b', { uid: 'B' }, 600)
  t.same([await sessions.find('a'), await sessions.findByUid('B'), await sessions.findByUid('C')], [{ uid: 'A' }, { uid: 'B' }, undefined])

  clock.advance(61)
  t.same([await sessions.find('a'), await sessions.findByUid('B')], [undefined, { uid: 'B' }])
  t.equal(await codes.findByUserCode('x'), undefined)
})
