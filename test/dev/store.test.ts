import t from 'tap'
import { createStore } from '../../dev/provider/store.ts'

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
