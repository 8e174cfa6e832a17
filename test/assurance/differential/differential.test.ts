import t from 'tap'
import { compare } from './differential.ts'

// A small part of the corpus. `npm run test:differential` runs all of it.
const TOKENS = 3000

t.test('an independent verifier agrees on every token', async t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  const { tokens, verdicts, reasons, disagreements } = await compare(TOKENS, seed)
  t.comment(`seed ${seed}: ${tokens} tokens`, verdicts)

  t.strictSame(disagreements, [])
  t.ok(tokens >= TOKENS)
  // A corpus proves little unless tokens are accepted and are refused for many reasons.
  t.ok(verdicts.ok > TOKENS / 10, `${verdicts.ok} accepted`)
  t.ok(Object.keys(reasons).length >= 25, `${Object.keys(reasons).length} reasons`)
})
