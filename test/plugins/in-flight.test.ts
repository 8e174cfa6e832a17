import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool } from '../../mcp/tool.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { build, call, type LogLine } from '../support/build.ts'
import { listen, raw, until } from '../support/wire.ts'

t.test('finishes requests in flight when it closes, refuses new ones, and logs it', async t => {
  let finish = (): void => {}
  let started = (): void => {}
  const running = new Promise<void>(resolve => { started = resolve })
  const slow = defineTool({
    name: 'slow',
    title: 'Slow',
    description: 'Ends when it is told to.',
    scopes: ['tool:whoami'],
    input: Type.Object({}),
    output: Type.Object({}),
    handler: () => new Promise<object>(resolve => {
      finish = () => resolve({})
      started()
    })
  })
  const { app, issuer } = await build(t, { tools: [slow] })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const body = JSON.stringify(call('slow'))
  const socket = connect(port, '127.0.0.1')
  const received = text(socket)
  socket.write(`POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer ${issuer.token()}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  await running

  const closed = app.close()
  await until(() => fetch(`http://127.0.0.1:${port}/health/ready`).then(() => false, () => true))
  // Sent on the open connection, behind the request in flight.
  const seen = once(app.server, 'request')
  socket.write('GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await seen
  finish()
  await closed
  const answers = (await received).split(/(?=HTTP\/1\.1)/)

  t.equal(answers.length, 2)
  t.match(answers[0], /^HTTP\/1\.1 200 [^]*"structuredContent":\{\}/)
  t.match(answers[1], /^HTTP\/1\.1 503 [^]*connection: close[^]*\{"status":"draining"\}/i)
})

t.test('SHUTDOWN_DELAY: a closing server reports not ready, and still accepts connections', async t => {
  const { app } = await build(t, { env: { SHUTDOWN_DELAY: '1' } })
  const url = `http://127.0.0.1:${await listen(app)}/health/ready`
  const before = Date.now()
  const closed = app.close()
  let answer: Response | undefined
  await until(async () => {
    answer = await fetch(url)
    return /draining/.test(await answer.text())
  })
  t.match(answer, { status: 503 })
  t.equal(answer?.headers.get('connection'), 'close')
  await closed
  t.ok(Date.now() - before >= 990, 'it waits for the delay')
})

t.test('SHUTDOWN_DELAY: a connection that carries its first request after the port closed is answered', async t => {
  const { app } = await build(t, { env: { SHUTDOWN_DELAY: '1' } })
  const port = await listen(app)
  const [early, silent] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  await Promise.all([once(early, 'connect'), once(silent, 'connect')])
  const answer = text(early)
  const closed = app.close()
  await until(() => !app.server.listening)
  early.write(raw([], '', 'GET /health/live'))

  t.match(await answer, /^HTTP\/1\.1 200 [^]*connection: close/i)
  await closed
  await t.resolves(text(silent), 'a connection that stays silent is closed after a second')
})

t.test('logs and aborts a request whose connection breaks, and does not wait for it when closing', async t => {
  const story = createStory()
  const { app, issuer, logs } = await build(t, { tools: slowTools(story) })
  const port = await listen(app)
  const lines = ['content-type: application/json', `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  const names = Array.from({ length: 12 }, (_, i) => `call ${i}`)
  const warnings: Error[] = []
  const warn = (warning: Error): void => { warnings.push(warning) }
  process.on('warning', warn)
  t.teardown(() => process.removeListener('warning', warn))
  // Two requests on one connection: Node reports the lost connection only to the first.
  const socket = connect(port, '127.0.0.1', () => socket.write(names.map(as => raw(lines, JSON.stringify(call('work', { as })))).join('') + raw([])))
  for (const as of names) await story.happened(`${as} started`)
  socket.resetAndDestroy()
  for (const as of names) await story.happened(`${as} stopped`)

  const aborted = (): LogLine[] => logs.filter(({ msg }) => msg === 'aborted')
  await until(() => aborted().length === names.length + 1)
  t.match(aborted().slice(0, -1), names.map(() => ({ level: 30, status: 499, tool: 'work' })))
  t.match(aborted().at(-1), { status: 401, reason: 'no_credentials' }, 'a refusal, too')
  const before = Date.now()
  await app.close()
  t.ok(Date.now() - before < 2000)
  t.strictSame(warnings, [], 'however many wait')
})

t.test('does not abort a finished tool whose answer waits behind another and is never sent', async t => {
  const story = createStory()
  let signal: AbortSignal | undefined
  const quick = defineTool({
    name: 'quick',
    title: 'Quick',
    description: 'Is done before anybody could stop it.',
    scopes: ['test:slow'],
    input: Type.Object({}),
    async handler (_input, context) {
      signal = context.signal
      return []
    }
  })
  const { app, issuer, logs } = await build(t, { tools: [...slowTools(story), quick] })
  const port = await listen(app)
  const lines = ['content-type: application/json', `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  const bytes = [call('work', { as: 'first' }), call('quick')].map(message => raw(lines, JSON.stringify(message))).join('')
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
  await until(() => signal !== undefined)
  await new Promise(setImmediate)
  socket.resetAndDestroy()
  await until(() => logs.filter(({ msg }) => msg === 'aborted').length === 2)
  t.match(logs.filter(({ msg }) => msg === 'aborted').map(({ tool, status }) => ({ tool, status })), [{ tool: 'work', status: 499 }, { tool: 'quick', status: 200 }])
  t.equal(signal?.aborted, false)
})
