import Fastify from 'fastify'
import t from 'tap'
import { createKeyRing } from '../../auth/keys/ring.ts'
import { createTokenCache } from '../../auth/token-cache.ts'
import { MAX_WAITING_BODIES } from '../../http/waiting-bodies.ts'
import auth from '../../plugins/auth.ts'
import errors from '../../plugins/errors.ts'
import { AUDIENCE, build, call, METADATA, POWERLESS, request } from '../support/build.ts'
import { TTL } from '../support/keys.ts'
import { exchange, listen, raw } from '../support/wire.ts'

t.test('answers whoami for a good token', async t => {
  const { issuer, whoami } = await build(t)
  const response = await whoami(issuer.token())

  t.equal(response.statusCode, 200)
  t.match(response.json(), { jsonrpc: '2.0', id: 1, result: { structuredContent: { subject: /^auth0\|/, issuer: issuer.url, kind: 'user' } } })
})

t.test('answers 401 with a bare challenge without credentials', async t => {
  const { whoami } = await build(t)
  const response = await whoami()

  t.equal(response.statusCode, 401)
  t.equal(response.headers['www-authenticate'], `Bearer resource_metadata="${METADATA}", scope="tool:whoami"`)
  t.strictSame(response.json(), { error_description: 'Authentication required' })
})

t.test('answers 403 and names the scope for a token that lacks it', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token(POWERLESS)
  const response = await post(call('whoami'), token)

  t.equal(response.statusCode, 403)
  t.match(response.headers['www-authenticate'], /^Bearer error="insufficient_scope", .*scope="tool:whoami"$/)
  t.equal((await post(request('tools/list'), token)).statusCode, 200)
})

t.test('answers 500 and lets nobody in when get-jwks fails', async t => {
  const { issuer } = await build(t)
  const keys = createKeyRing({ issuers: [issuer.url], now: Date.now, cacheTtl: 600, cooldown: 30, timeout: 5, maxStale: 86_400 })
  const app = Fastify()
  t.teardown(() => app.close())
  t.teardown(() => keys.close())
  await app.register(errors, { resourceMetadata: METADATA, scopes: [] })
  await app.register(auth, {
    keys: { ...keys, pem: async () => { throw new Error('no PEM') } },
    cache: createTokenCache(keys),
    claims: { audiences: [AUDIENCE], tokenProfile: 'any', clockTolerance: 5, maxTokenAge: 600 },
    scopeClaims: 'any',
    access: { allowMachines: true },
    maxTokenLength: 16_384,
    now: Date.now
  })
  app.get('/', { onRequest: app.authenticate }, () => 'in')

  t.equal((await app.inject({ url: '/', headers: { authorization: `Bearer ${issuer.token()}` } })).statusCode, 500)
})

t.test('lets eight large bodies wait for a key at the same time, and every small one', async t => {
  const { app, issuer, advance } = await build(t)
  let release = (): void => {}
  const held = new Promise<void>(resolve => { release = resolve })
  issuer.answer = async (_request, response) => {
    await held
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: issuer.keys.map(({ kid, publicKey }) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' })) }))
  }
  const port = await listen(app)
  const head = ['content-type: application/json', `authorization: Bearer ${issuer.token()}`]
  const large = raw([...head, 'transfer-encoding: chunked']) + '2\r\n{}\r\n0\r\n\r\n'
  const waiting = [raw(head, '{}'), ...Array.from({ length: MAX_WAITING_BODIES + 1 }, () => large)].map(async bytes => (await exchange(port, bytes))[0])

  t.match(await Promise.race(waiting), { statusCode: 503, headers: { 'retry-after': '1', connection: 'close' } })
  release()
  const statuses = (await Promise.all(waiting)).map(answer => answer?.statusCode)
  t.strictSame(statuses.sort(), [...Array.from({ length: MAX_WAITING_BODIES + 1 }, () => 400), 503], 'the others are read once the key is there')
  advance(TTL + 1)
  t.equal((await exchange(port, large))[0]?.statusCode, 400, 'nothing stays counted when keys are fetched again')
})

t.test('goes on when a large body was refused and its key cannot be fetched', async t => {
  const { app, issuer } = await build(t)
  let release = (): void => {}
  const held = new Promise<void>(resolve => { release = resolve })
  issuer.answer = async (_request, response) => {
    await held
    response.writeHead(500).end()
  }
  const port = await listen(app)
  const large = raw(['content-type: application/json', `authorization: Bearer ${issuer.token()}`, 'transfer-encoding: chunked'])
  const waiting = Array.from({ length: MAX_WAITING_BODIES + 1 }, async () => (await exchange(port, large))[0]?.statusCode)

  t.equal(await Promise.race(waiting), 503)
  release()
  // tap reports a rejection that nobody waits for. The server would end.
  t.strictSame(new Set(await Promise.all(waiting)), new Set([503]))
})

t.test('answers a bad token of a connection that its client reset, whose address is unknown', async t => {
  const { app, issuer, logs } = await build(t, { env: { REFUSAL_LIMIT_MAX: '2' } })
  // What Node says once the reset is here, and before it has read the request.
  app.server.on('connection', socket => { Object.defineProperty(socket, 'remoteAddress', { value: undefined }) })
  const port = await listen(app)
  const bytes = raw(['content-type: application/json', `authorization: Bearer ${issuer.token().slice(0, -8)}AAAAAAAA`], '{}')

  for (const statusCode of [401, 401, 429]) t.match(await exchange(port, bytes), [{ statusCode }])
  t.match(logs.filter(({ status }) => status === 401), [{ reason: 'bad_signature' }, { reason: 'bad_signature' }])
})

t.test('answers 500 if a refused token cannot be counted', async t => {
  const { app, issuer, whoami } = await build(t)
  app.countRefusal = () => { throw new Error('from the counter') }
  t.equal((await whoami(`${issuer.token().slice(0, -8)}AAAAAAAA`)).statusCode, 500)
})
