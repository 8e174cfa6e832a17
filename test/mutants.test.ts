import t from 'tap'
import { build } from './helper.ts'

// What no other test would have noticed; found by breaking the checks one by one (test/mutate.ts).

t.test('B8 two tokens with nothing but a comma between them: 400', async t => {
  const { issuer, whoami } = await build(t)
  const token = issuer.token()
  t.equal((await whoami(`${token},${token}`)).statusCode, 400)
  t.equal((await whoami(`${token},`)).statusCode, 400)
})

t.test('D11 exp is this very millisecond: expired; one later: not yet', async t => {
  const time = Date.UTC(2031, 0, 1)
  const { issuer, whoami } = await build(t, { env: { CLOCK_TOLERANCE: '0' }, now: () => time })
  const at = (exp: number) => whoami(issuer.token({ iat: time / 1000 - 60, exp }))
  t.equal((await at(time / 1000)).statusCode, 401)
  t.equal((await at(time / 1000 + 0.001)).statusCode, 200)
})
