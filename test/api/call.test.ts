import { generateKeyPairSync } from 'node:crypto'
import { Type } from '@sinclair/typebox'
import { jwtVerify } from 'jose'
import t from 'tap'
import { ApiError, defineTool, type Context } from '../../mcp/tool.ts'
import { API, buildApi, EXCHANGED, SECRET } from '../support/api.ts'
import { build, call } from '../support/build.ts'
import { until } from '../support/wire.ts'

const get = ({ api }: Context) => api('/orders').then(response => response.text())

t.test('a tool calls its API with a token that is exchanged for the token of its caller', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  t.match(await setup.run(get, token), { value: 'ok', reply: { result: { content: [{ text: 'done' }] } } })
  t.strictSame(setup.exchanges, [{
    path: '/oauth/token',
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: API,
    scope: 'read:orders',
    client_id: 'obo',
    client_secret: SECRET
  }])
  t.match(setup.requests, [{ method: 'GET', path: '/v1/orders', headers: { authorization: `Bearer ${EXCHANGED}-1` } }])
})

t.test('method, headers and body reach the API', async t => {
  const setup = await buildApi(t, { path: '/' })
  const bodies = ['{"a":1}', Buffer.from('{"a":1}'), new Blob(['{"a":1}']), new URLSearchParams({ a: '1' })]
  for (const body of bodies) await setup.run(({ api }) => api('/orders?limit=1', { method: 'post', headers: { 'If-Match': '"1"' }, body }))
  t.match(setup.requests, bodies.map((_body, i) => ({ method: 'POST', path: '/orders?limit=1', headers: { 'if-match': '"1"' }, body: i === 3 ? 'a=1' : '{"a":1}' })))
  t.match(await setup.run(({ api }) => api('/orders', { method: 'HEAD' }).then(({ url }) => url)), { value: `${setup.url}orders` })
  await setup.run(({ api }) => { const form = new FormData(); form.set('a', '1'); return api('/', { method: 'PUT', body: form }) })
  t.match(setup.requests.at(-1), { method: 'PUT', body: /name="a"/ })
})

t.test('one exchange serves calls at the same time and later ones, until shortly before its token expires', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  await setup.run(({ api }) => Promise.all([api('/a'), api('/b')]), token)
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 1)

  setup.advance(3600 - 31)
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 1)
  setup.advance(2)
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 2)
  t.equal(setup.requests.at(-1)?.headers.authorization, `Bearer ${EXCHANGED}-2`)

  await setup.run(get, setup.issuer.token({ jti: 'another' }))
  t.equal(setup.exchanges.length, 3, 'another token, though of the same user, has an exchange of its own')
})

t.test('a token is not used after the token of its caller has expired, and for a minute if it names no lifetime', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token({ exp: Math.floor(Date.now() / 1000) + 100 })
  await setup.run(get, token)
  setup.advance(68)
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 1)
  setup.advance(5)
  setup.exchange = () => ({ body: { access_token: EXCHANGED, token_type: 'Bearer' } })
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 2)

  const second = setup.issuer.token({ jti: 'b', exp: Math.floor(Date.now() / 1000) + 10_000 })
  await setup.run(get, second)
  setup.advance(31)
  await setup.run(get, second)
  t.equal(setup.exchanges.length, 4)
})

t.test('the client authenticates with a signed assertion if it has a private key', async t => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const folder = t.testdir({ 'key.pem': String(privateKey.export({ type: 'pkcs1', format: 'pem' })) })
  const setup = await buildApi(t, { env: { OBO_CLIENT_ID: 'obo', OBO_PRIVATE_KEY_FILE: `${folder}/key.pem` } })
  t.match(await setup.run(get), { value: 'ok' })
  const [{ client_assertion: assertion = '', client_assertion_type: type, client_secret: none } = {}] = setup.exchanges
  t.equal(type, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  t.equal(none, undefined)
  await jwtVerify(assertion, publicKey, { audience: setup.issuer.url, issuer: 'obo', subject: 'obo', algorithms: ['RS256'] })
})

t.test('a redirect below the URL of the API is followed, as fetch does', async t => {
  const setup = await buildApi(t)
  const rows = [[301, 'POST', 'GET'], [302, 'PUT', 'PUT'], [303, 'PUT', 'GET'], [303, 'GET', 'GET'], [303, 'HEAD', 'HEAD'], [307, 'POST', 'POST'], [308, 'PATCH', 'PATCH']] as const
  for (const [status, method, then] of rows) {
    setup.answer = ({ url }, response) => url === '/v1/a/b' ? response.writeHead(status, { location: '../c?d' }).end() : response.end('there')
    const hasBody = !['GET', 'HEAD'].includes(method)
    const { value } = await setup.run(({ api }) => api('/a/b', { method, headers: { 'content-type': 'text/plain', 'x-a': '1' }, ...(hasBody && { body: 'text' }) }).then(response => response.url))
    t.equal(value, `${setup.url}/c?d`)
    const last = setup.requests.at(-1)
    t.match(last, { method: then, body: hasBody && then === method ? 'text' : '', headers: { 'x-a': '1', authorization: /^Bearer exchanged/ } }, `${status} ${method}`)
    t.equal('content-type' in (last?.headers ?? {}), !hasBody || then === method)
  }
  setup.answer = (_request, response) => { response.writeHead(304, { location: '/v1/c' }).end() }
  t.match(await setup.run(({ api }) => api('/a').then(({ status }) => status)), { value: 304 })
  setup.answer = (_request, response) => { response.writeHead(302).end('no location') }
  t.match(await setup.run(({ api }) => api('/a').then(({ status }) => status)), { value: 302 })
})

t.test('a request is cancelled with the call, and by the signal of the tool; an exchange goes on for others', async t => {
  const setup = await buildApi(t)
  const [closed, hanging] = [withResolvers(), withResolvers()]
  const enough = new AbortController()
  setup.answer = (_request, response) => {
    response.on('close', () => closed.resolve(undefined))
    enough.abort(new Error('enough'))
  }
  t.match(await setup.run(({ api }) => api('/a', { signal: enough.signal })), { error: { message: 'enough' } })
  await closed.promise

  setup.exchange = async () => { await hanging.promise; return { body: { access_token: EXCHANGED, token_type: 'Bearer', expires_in: 3600 } } }
  setup.answer = (_request, response) => { response.end('ok') }
  const token = setup.issuer.token({ jti: 'c' })
  const controller = new AbortController()
  const sent = setup.requests.length
  const cancelled = setup.run(({ api }) => Promise.allSettled([api('/a', { signal: controller.signal }), api('/b').then(response => response.text())]), token)
  await until(() => setup.exchanges.length === 2)
  controller.abort(new Error('not needed'))
  hanging.resolve(undefined)
  t.match((await cancelled).value, [{ status: 'rejected', reason: { message: 'not needed' } }, { status: 'fulfilled', value: 'ok' }])
  t.equal(setup.requests.length, sent + 1)
  t.match(await setup.run(({ api }) => api('/a', { signal: AbortSignal.abort(new Error('before')) }), token), { error: { message: 'before' } })
})

t.test('the request of a client that goes away is cancelled, also one with a signal of the tool', async t => {
  const setup = await buildApi(t)
  await setup.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = setup.app.server.address() as { port: number }
  for (const init of [{}, { signal: new AbortController().signal }]) {
    const [asked, closed] = [withResolvers(), withResolvers()]
    // It leaves its handler for the next call, which goes over a socket that the test can close.
    setup.answer = (_request, response) => { response.end('ok') }
    await setup.run(({ api }) => api('/orders', init).then(response => response.text()))
    setup.answer = (_request, response) => {
      response.on('close', () => closed.resolve(undefined))
      asked.resolve(undefined)
    }
    const controller = new AbortController()
    const sent = fetch(`http://127.0.0.1:${port}/mcp`, {
      method: 'POST',
      signal: controller.signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${setup.issuer.token()}`, accept: 'application/json, text/event-stream' },
      body: JSON.stringify(call('api'))
    })
    await asked.promise
    controller.abort()
    await t.rejects(sent)
    await closed.promise
  }
})

t.test('an API that cannot be called: the error says who has to do what', async t => {
  const setup = await buildApi(t)
  const machine = setup.issuer.token({ gty: 'client-credentials', sub: 'm@clients', azp: 'm' })
  const agent = setup.issuer.token({ sub_profile: 'ai_agent' })
  t.match(await setup.run(get, agent), { error: { fault: 'no_user' } })
  t.match(await setup.run(get, machine), { error: { fault: 'no_user' }, reply: { result: { isError: true, content: [{ text: /Call it with the token of a user/ }] } } })
  t.equal(setup.exchanges.length, 0)

  const away = await buildApi(t, { env: {} })
  t.match(await away.run(get), { error: { fault: 'not_set_up' }, reply: { result: { isError: true, content: [{ text: /OBO_CLIENT_ID/ }] } } })
  t.match(away.logs.find(({ fault }) => fault === 'not_set_up'), { level: 40 })
  t.match(away.logs.filter(({ msg }) => /OBO_CLIENT_ID is not set/.test(String(msg))), [{ level: 40, tool: 'api', msg: /the tool "api" cannot call its API/ }], 'a warning at start')
  t.notOk(setup.logs.some(({ msg }) => /OBO_CLIENT_ID is not set/.test(String(msg))))
  t.strictSame(away.requests, [])
})

t.test('a fault of the issuer becomes a sentence', async t => {
  const setup = await buildApi(t)
  const rows: ReadonlyArray<readonly [number, unknown, string, RegExp, Record<string, string>?]> = [
    [403, { error: 'mfa_required', mfa_token: 'x' }, 'step_up', /log in again.*mfa_required/],
    [400, { error: 'invalid_grant' }, 'step_up', /Log in again \(invalid_grant\)/],
    [401, { error: 'invalid_client' }, 'not_set_up', /OBO_CLIENT_ID and OBO_CLIENT_SECRET or OBO_PRIVATE_KEY_FILE \(401 invalid_client\)/],
    [401, {}, 'not_set_up', /credentials/],
    [400, { error: 'invalid_client' }, 'not_set_up', /credentials/],
    [403, { error: 'access_denied', error_description: 'Service not enabled' }, 'not_set_up', /application of OBO_CLIENT_ID may exchange.*grant/],
    [400, { error: 'A "strange" one' }, 'not_set_up', /\(400\)/],
    [400, { error: 7 }, 'not_set_up', /\(400\)/],
    [503, { error: 'temporarily_unavailable' }, 'unavailable', /identity provider cannot be reached/],
    [302, 'x', 'unavailable', /cannot be reached/, { location: 'https://elsewhere.example/' }],
    [200, 'no JSON', 'unavailable', /cannot be reached/],
    [200, { access_token: 'a', token_type: 'DPoP' }, 'unavailable', /cannot be reached/],
    [200, { access_token: 'a b', token_type: 'Bearer' }, 'unavailable', /cannot be reached/],
    [200, { access_token: 'a', token_type: 'Bearer', scope: 'read:other' }, 'not_permitted', /permission read:orders/],
    [429, { error: 'too_many_requests' }, 'too_many', /in 5 s/]
  ]
  for (const [i, [status, body, fault, message, headers]] of rows.entries()) {
    setup.exchange = () => ({ status, body, ...(headers && { headers }) })
    const { error, reply } = await setup.run(get, setup.issuer.token({ jti: String(i) }))
    t.ok(error instanceof ApiError)
    t.match(error, { fault, message }, `${status} ${JSON.stringify(body)}`)
    t.match(reply.result, { isError: true, content: [{ text: message }] })
  }
  t.strictSame(setup.requests, [])
  t.equal(setup.logs.filter(({ fault, level }) => fault !== undefined && level === 40).length, rows.length, 'each is told to the operator')
})

t.test('accepts a token with more scopes than it asked for, and says that the issuer is unavailable', async t => {
  const setup = await buildApi(t)
  setup.exchange = () => ({ body: { access_token: EXCHANGED, token_type: 'bearer', scope: 'a read:orders' } })
  t.match(await setup.run(get), { value: 'ok' })
  const token = setup.issuer.token({ jti: 'x' })
  setup.exchange = () => new Promise(() => {})
  const waiting = setup.run(get, token)
  await until(() => setup.exchanges.length === 2)
  await setup.issuer.close()
  t.match(await waiting, { error: { fault: 'unavailable' } })
})

t.test('after a 429 no exchange is tried until the issuer takes one; what is kept still serves', async t => {
  const setup = await buildApi(t)
  const kept = setup.issuer.token({ jti: 'kept' })
  await setup.run(get, kept)
  const waits: ReadonlyArray<readonly [Record<string, string>, number]> = [[{ 'retry-after': '7' }, 7], [{ 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 20) }, 20], [{ 'retry-after': 'soon' }, 5], [{ 'retry-after': '86400' }, 300]]
  for (const [i, [headers, wait]] of waits.entries()) {
    const before = setup.exchanges.length
    setup.exchange = () => ({ status: 429, headers, body: {} })
    const { error } = await setup.run(get, setup.issuer.token({ jti: `a${i}` }))
    const { retryAfter = 0 } = error as ApiError
    t.ok(Math.abs(retryAfter - wait) <= 1, `${retryAfter} of ${wait} s`)
    t.match(await setup.run(get, setup.issuer.token({ jti: `b${i}` })), { error: { fault: 'too_many' } })
    t.equal(setup.exchanges.length, before + 1)
    t.match(await setup.run(get, kept), { value: 'ok' })
    setup.advance(wait + 1)
  }
})

t.test('a refusal is repeated for some seconds without asking; an outage is not', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  setup.exchange = () => ({ status: 403, body: { error: 'access_denied' } })
  await setup.run(get, token)
  t.match(await setup.run(get, token), { error: { fault: 'not_set_up' } })
  t.equal(setup.exchanges.length, 1)
  setup.advance(6)
  setup.exchange = () => ({ status: 500, body: {} })
  t.match(await setup.run(get, token), { error: { fault: 'unavailable' } })
  t.match(await setup.run(get, token), { error: { fault: 'unavailable' } })
  t.equal(setup.exchanges.length, 3)
})

t.test('reports a 401 and a 403 of the API, and does not use a token again that it does not accept', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const rows: ReadonlyArray<readonly [number, string | undefined, string, RegExp]> = [
    [401, undefined, 'not_accepted', /does not accept the token.*audience/],
    [401, 'Bearer error="insufficient_user_authentication", acr_values="mfa"', 'step_up', /stronger or a fresh login/],
    [403, undefined, 'not_permitted', /does not permit you this \(403\)\.$/],
    [403, 'Bearer error="insufficient_scope", scope="read:orders write:orders"', 'not_permitted', /It wants read:orders write:orders\.$/]
  ]
  for (const [status, challenge, fault, message] of rows) {
    setup.answer = (_request, response) => response.writeHead(status, { ...(challenge && { 'www-authenticate': challenge }) }).end('secret details')
    t.match(await setup.run(get, token), { error: { fault, message } })
  }
  t.equal(setup.exchanges.length, 2, 'a new one after the 401 only')
  setup.answer = (_request, response) => response.writeHead(404).end()
  t.match(await setup.run(({ api }) => api('/a').then(({ status }) => status), token), { value: 404 }, 'every other status is for the tool')
  setup.answer = request => request.socket.destroy()
  t.match(await setup.run(get, token), { error: { fault: 'unavailable', message: /^The API "https:\/\/orders.example" cannot/ } })
})

t.test('a tool that declares no API has none', async t => {
  const tool = defineTool({ name: 'api', title: 'API', description: 'Calls.', scopes: ['tool:whoami'], input: Type.Object({}), handler: async (_input, { api }) => [{ type: 'text', text: await get({ api } as Context) }] })
  const { post, issuer, logs } = await build(t, { tools: [tool] })
  t.match((await post(call('api'), issuer.token())).json(), { error: { message: 'Internal error' } })
  t.match(logs.find(({ msg }) => msg === 'a tool failed'), { err: { message: 'the tool calls an API that it does not declare: add "api"' } })
})

t.test('an API cannot be called when the call is over', async t => {
  const setup = await buildApi(t)
  let api: Context['api'] | undefined
  await setup.run(context => { api = context.api })
  await t.rejects(api?.('/a') as Promise<unknown>, /the call is over/)
  t.strictSame(setup.requests, [])
})

function withResolvers (): { promise: Promise<unknown>, resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => {}
  const promise = new Promise(_resolve => { resolve = _resolve })
  return { promise, resolve }
}
