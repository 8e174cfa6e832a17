import t from 'tap'
import { createSpent } from '../../limits/spent.ts'

t.test('forgets no used approval while it is valid', async t => {
  const { spend } = createSpent(2)
  const [a, b, c] = ['a', 'b', 'c'].map(letter => letter.repeat(30)) as [string, string, string]
  t.strictSame([spend(a, 0), spend(b, 1000), spend(a, 1000), spend(c, 1000), spend(b, 1000)], [true, true, false, undefined, false])
  const later = 15 * 60 * 1000
  t.strictSame([spend(c, later), spend(b, later), spend(c, later)], [true, false, false])
})
