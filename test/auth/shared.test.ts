import t from 'tap'
import { toCaller } from '../../auth/caller.ts'
import { shared } from '../../auth/shared.ts'

t.test('gives equal texts one value, and keeps at most 1,000 of them', async t => {
  const made: string[] = []
  const valueOf = shared(text => {
    made.push(text)
    return { text }
  })
  const first = valueOf('a')
  t.equal(valueOf('a'), first)
  for (let i = 0; i < 999; i++) valueOf(`other ${i}`)
  t.equal(valueOf('a'), first)
  valueOf('one too many')
  t.strictSame(valueOf('a'), first)
  t.equal(made.filter(text => text === 'a').length, 2, 'it was forgotten, and made again')
})

t.test('keeps no value of a long text', async t => {
  const valueOf = shared(text => ({ text }))
  const [long, longer] = ['x'.repeat(512), 'x'.repeat(513)]
  t.equal(valueOf(long), valueOf(long))
  t.not(valueOf(longer), valueOf(longer))
})

t.test('gives callers with the same scopes one list, which nobody can change', async t => {
  const [one, other] = ['one', 'other'].map(sub => toCaller({ sub, scope: 'openid tool:whoami', azp: 'c', iss: 'i', aud: 'a' }, 'any'))
  t.equal(one?.scopes, other?.scopes)
  t.ok(Object.isFrozen(one?.scopes))
  t.strictSame(one?.scopes, ['openid', 'tool:whoami'])
})
