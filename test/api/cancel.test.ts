import t from 'tap'
import type { Context } from '../../mcp/tool.ts'
import { buildApi, EXCHANGED } from '../support/api.ts'
import { call } from '../support/build.ts'
import { until } from '../support/wire.ts'

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

t.test('Node warns of no leak when a tool makes many requests at once', async t => {
  const setup = await buildApi(t)
  const warnings: Error[] = []
  const note = (warning: Error): void => { warnings.push(warning) }
  process.on('warning', note)
  t.teardown(() => process.removeListener('warning', note))
  const { value } = await setup.run(({ api }) => Promise.all(Array.from({ length: 20 }, () => api('/a').then(response => response.text()))))
  t.equal((value as string[]).length, 20)
  t.strictSame(warnings, [])
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
