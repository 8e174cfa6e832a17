import { spawnSync } from 'node:child_process'
import t from 'tap'
import { INLINE_MORE, inlineMore } from '../../process/inline-more.ts'

t.test('sets an option that the V8 of this Node knows', async t => {
  const { status, stderr } = spawnSync(process.execPath, [INLINE_MORE, '--eval', ''], { env: {}, encoding: 'utf8', timeout: 60_000 })
  t.strictSame([status, stderr], [0, ''], 'Node refuses an unknown option')
  await t.resolves(inlineMore())
})
