import t from 'tap'
import { createSealer } from '../../../mcp/elicitation/seal.ts'

t.test('accepts the state of another process only if both share the secret', async t => {
  const sealed = createSealer('shared').seal('state', 'caller')
  t.equal(createSealer('shared').open(sealed, 'caller'), 'state')
  t.equal(createSealer('shared').open(sealed, 'other'), undefined)
  t.equal(createSealer('else').open(sealed, 'caller'), undefined)
  t.equal(createSealer().open(sealed, 'caller'), undefined)
  t.not(createSealer('shared').seal('state', 'caller'), sealed, 'no two look the same')
})
