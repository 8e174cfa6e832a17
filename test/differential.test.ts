import t from 'tap'
import { compare } from './differential.ts'

// The whole corpus has its own script; this is as much of it as every run can bear.
const TOKENS = 3000

t.test('an independent verifier agrees on every token', async t => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  const { tokens, verdicts, reasons, disagreements } = await compare(TOKENS, seed)
  t.comment(`seed ${seed}: ${tokens} tokens`, verdicts)

  t.strictSame(disagreements, [])
  t.ok(tokens >= TOKENS)
  // A corpus in which nothing is accepted, or nothing fails for more than a few reasons, would prove little.
  t.ok(verdicts.ok > TOKENS / 10, `${verdicts.ok} accepted`)
  t.ok(Object.keys(reasons).length >= 25, `${Object.keys(reasons).length} reasons`)
})
