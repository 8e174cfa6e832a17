import Fastify from 'fastify'
import t from 'tap'
import { createKeyRing } from '../auth/key-ring.ts'
import { createTokenCache } from '../auth/token-cache.ts'
import auth from '../plugins/auth.ts'
import errors from '../plugins/errors.ts'
import { AUDIENCE, build, call, METADATA, POWERLESS, request } from './helper.ts'

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

t.test('a key that the library cannot use is our trouble, and lets nobody in', async t => {
  const { issuer } = await build(t)
  const keys = createKeyRing({ issuers: [issuer.url], now: Date.now, cacheTtl: 600, cooldown: 30, timeout: 5, maxStale: 86_400 })
  const app = Fastify()
  t.teardown(() => app.close())
  t.teardown(() => keys.close())
  await app.register(errors, { resourceMetadata: METADATA, scopes: [] })
  await app.register(auth, {
    keys: { ...keys, get: (_issuer, kid) => ({ kid, pem: '' }) },
    cache: createTokenCache(keys),
    claims: { audiences: [AUDIENCE], tokenProfile: 'any', clockTolerance: 5 },
    scopeClaims: 'any',
    access: { allowMachines: true },
    maxTokenLength: 16_384,
    now: Date.now
  })
  app.get('/', { onRequest: app.authenticate }, () => 'in')

  t.equal((await app.inject({ url: '/', headers: { authorization: `Bearer ${issuer.token()}` } })).statusCode, 500)
})
