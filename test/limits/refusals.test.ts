import t from 'tap'
import { build } from '../support/build.ts'

t.test('refuses further bad tokens of an address with 429, while a good one still works', async t => {
  const { issuer, whoami, advance, logs } = await build(t, { env: { REFUSAL_LIMIT_MAX: '2', RATE_LIMIT_WINDOW: '10' } })
  const remembered = issuer.token()
  for (let i = 0; i < 3; i++) t.equal((await whoami(remembered)).statusCode, 200)
  for (let i = 0; i < 4; i++) t.equal((await whoami()).statusCode, 401, 'a request without credentials does not count')
  const forged = issuer.token().slice(0, -8) + 'AAAAAAAA'
  for (const bad of ['x', forged]) t.equal((await whoami(bad)).statusCode, 401)
  for (const bad of ['x', forged]) {
    const { statusCode, headers, body } = await whoami(bad)
    t.equal(statusCode, 429)
    t.equal(headers['retry-after'], '10')
    t.notOk(headers['www-authenticate'])
    t.strictSame(JSON.parse(body), { error: 'too_many_requests', error_description: 'Too many requests; try again later' })
  }
  t.match(logs.filter(({ status }) => status === 429).map(({ reason, found }) => [reason, found]), [['rate_limited', 'opaque_token'], ['rate_limited', 'bad_signature']])
  t.match(logs.find(({ status }) => status === 429), { hint: /The address sent too many bad tokens; .*REFUSAL_LIMIT_MAX/ })
  t.equal((await whoami()).statusCode, 401, 'a login can begin')
  for (const good of [remembered, issuer.token()]) t.equal((await whoami(good)).statusCode, 200)
  advance(10)
  t.equal((await whoami('x')).statusCode, 401)
})
