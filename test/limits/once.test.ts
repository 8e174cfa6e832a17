import { test } from 'tap'
import { createOnce } from '../../limits/once.ts'

test('remembers the last 10,000 states and forgets the oldest', async t => {
  const isFirstUse = createOnce()
  const text = (n: number): string => `state ${String(n).padStart(24, '0')}`

  for (let n = 0; n <= 10_000; n++) if (!isFirstUse(text(n))) t.fail(`text ${n} is new`)
  t.equal(isFirstUse(text(10_000)), false, 'the newest text is known')
  t.equal(isFirstUse(text(1)), false, 'the oldest text that is kept is known')
  t.equal(isFirstUse(text(0)), true, 'the text before it is forgotten')
})
