import t from 'tap'
import { build, call, METADATA, POWERLESS, request } from './helper.ts'

t.test('a good token calls whoami', async t => {
  const { issuer, whoami } = await build(t)
  const response = await whoami(issuer.token())

  t.equal(response.statusCode, 200)
  t.match(response.json(), { jsonrpc: '2.0', id: 1, result: { structuredContent: { subject: /^auth0\|/, issuer: issuer.url, kind: 'user' } } })
})

t.test('without credentials: 401 and a bare challenge', async t => {
  const { whoami } = await build(t)
  const response = await whoami()

  t.equal(response.statusCode, 401)
  t.equal(response.headers['www-authenticate'], `Bearer resource_metadata="${METADATA}", scope="tool:whoami"`)
  t.strictSame(response.json(), { error_description: 'Authentication required' })
})

t.test('a good token without the scope: 403, and told which one', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token(POWERLESS)
  const response = await post(call('whoami'), token)

  t.equal(response.statusCode, 403)
  t.match(response.headers['www-authenticate'], /^Bearer error="insufficient_scope", .*scope="tool:whoami"$/)
  t.equal((await post(request('tools/list'), token)).statusCode, 200)
})
