import t from 'tap'
import type { ApiRequest, Context } from '../../mcp/tool.ts'
import { buildApi, EXCHANGED } from '../support/api.ts'
import { secretsIn } from '../support/secrets.ts'
import { serve } from '../support/wire.ts'

t.test('a tool sees no token in values that change after the check, or in objects that it keeps', async t => {
  const setup = await buildApi(t)
  const given = new Headers({ 'x-a': '1' })
  let reads = 0
  const turning = { get method () { return reads++ === 0 ? 'GET' : 'TRACE' }, headers: given }
  t.match(await setup.run(({ api }) => api('/a', turning).then(({ status }) => status)), { value: 200 })
  t.strictSame([...given], [['x-a', '1']])

  const { fetch, Response } = globalThis
  const stolen: unknown[] = []
  globalThis.fetch = async (...args) => { stolen.push(args); return fetch(...args) }
  globalThis.Response = class extends Response {
    constructor (...args: ConstructorParameters<typeof Response>) {
      stolen.push(args)
      super(...args)
    }
  }
  t.teardown(() => Object.assign(globalThis, { fetch, Response }))
  t.match(await setup.run(({ api }) => api('/b').then(({ status }) => status), setup.issuer.token({ jti: 'new' })), { value: 200 })
  t.strictSame(stolen, [], 'another global fetch or Response is not used')

  const first = setup.issuer.token({ jti: '1', sub: 'auth0|first' })
  const second = setup.issuer.token({ jti: '2', sub: 'auth0|second' })
  let stashed: Context['caller'] | undefined
  await setup.run(({ caller }) => { stashed = caller }, first)
  await setup.run(context => { Object.assign(context, { caller: stashed }); return context.api('/c') }, second)
  t.equal(setup.exchanges.at(-1)?.['subject_token'], second, 'a tool cannot pass for another caller')
})

t.test('neither token can be read from anything that a tool or a client gets', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const closedPort = await unusedPort()
  const seen: unknown[] = []
  const look = async (what: string, prepare: () => void, init: ApiRequest = {}): Promise<void> => {
    prepare()
    const outcome = await setup.run(async context => {
      seen.push(context, context.api, context.caller, context.log)
      const response = await context.api('/a', init)
      seen.push(response, response.clone(), await response.text())
    }, token)
    t.strictSame(secretsIn([outcome, ...seen.splice(0)], setup, token), [], what)
  }
  await look('an answer', () => {})
  await look('an answer with an unusual body', () => { setup.answer = (_request, response) => response.end('x'.repeat(1e6)) })
  for (const status of [401, 403]) await look(`${status} of the API`, () => { setup.answer = (request, response) => response.writeHead(status, { 'www-authenticate': `Bearer error="invalid_token", error_description="${request.headers.authorization}"` }).end(request.headers.authorization) })
  for (const status of [401, 403]) await look(`${status} of the API with the token as scope`, () => { setup.answer = (request, response) => response.writeHead(status, { 'www-authenticate': `Bearer scope="${request.headers.authorization?.slice(7)}"` }).end() })
  await look('a redirect', () => { setup.answer = (request, response) => response.writeHead(302, { location: `http://localhost:${closedPort}/?${request.headers.authorization}` }).end() })
  await look('a connection that ends', () => { setup.answer = request => request.socket.destroy() })
  await look('an answer that is none', () => { setup.answer = request => request.socket.end(`HTTP/1.1 ${request.headers.authorization}\r\n\r\n`) })
  await look('a body that ends early', () => { setup.answer = (_request, response) => { response.writeHead(200, { 'content-length': '10' }); response.write('a'); setImmediate(() => response.destroy()) } })
  const answers = [
    { status: 400, body: { error: 'invalid_request', error_description: token } }, { status: 500, body: token }, { body: { access_token: `${EXCHANGED} 1`, token_type: 'Bearer' } },
    { body: { access_token: `${EXCHANGED}\n`, token_type: 'Bearer' } }, { body: { access_token: EXCHANGED, token_type: 'mac' } }, { body: { access_token: `${EXCHANGED}\u00e9`, token_type: 'Bearer' } }, { body: `{"access_token":"${EXCHANGED}"` },
    { body: { access_token: EXCHANGED, token_type: 'Bearer', scope: token } }, { status: 400, body: { error: `${EXCHANGED.replaceAll('-', '_')}_${'x'.repeat(64)}` } }
  ]
  for (const answer of answers) {
    setup.advance(3700)
    const next = setup.issuer.token({ jti: String(seen.length), exp: Math.floor(Date.now() / 1000) + 86_000 })
    setup.exchange = () => answer
    const outcome = await setup.run(async context => { seen.push(context); seen.push(await context.api('/a')) }, next)
    t.match(outcome.error, { name: 'ApiError' })
    t.strictSame(secretsIn([outcome, ...seen.splice(0)], setup, next), [], JSON.stringify(answer))
  }
  t.strictSame(secretsIn(setup.logs, setup, token), [], 'the log')
  t.ok(secretsIn([{ a: new Map([[{ b: [`x ${token}`] }, 1]]) }], setup, token).length > 0, 'the search finds one')
})

t.test('the error of a handler is not shown, and holds no token', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  const throwing: ReadonlyArray<(context: Context) => unknown> = [
    async ({ api }) => { throw await api('/a') }, context => { throw context }, ({ api }) => { throw api },
    async context => { throw Object.assign(new Error('failed'), { context, response: await context.api('/a') }) },
    async ({ api }) => { throw new Error('failed', { cause: await api('/missing', { method: 'TRACE' }).catch((error: unknown) => error) }) }
  ]
  for (const handler of throwing) {
    const outcome = await setup.run(handler, token)
    t.match(outcome.reply.error, { message: 'Internal error' })
    t.strictSame(secretsIn([outcome], setup, token), [])
  }
  t.strictSame(secretsIn(setup.logs, setup, token), [], 'the log')
})

async function unusedPort (): Promise<number> {
  let close = (): unknown => undefined
  const url = await serve({ teardown (handler) { close = handler; return undefined } }, () => {})
  close()
  return Number(new URL(url).port)
}
