import t from 'tap'
import { build } from './helper.ts'

// What no other test would have noticed; found by breaking the checks one by one (test/mutate.ts).

t.test('B8 two tokens with nothing but a comma between them: 400', async t => {
  const { issuer, whoami } = await build(t)
  const token = issuer.token()
  t.equal((await whoami(`${token},${token}`)).statusCode, 400)
  t.equal((await whoami(`${token},`)).statusCode, 400)
})
