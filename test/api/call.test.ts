import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool, type Context } from '../../mcp/tool.ts'
import { API, buildApi, EXCHANGED, SECRET } from '../support/api.ts'
import { build, call } from '../support/build.ts'

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
