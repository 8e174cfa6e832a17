import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { defineTool } from '../../mcp/tool.ts'
import { SEND_LIMITS } from '../../plugins/slow-clients.ts'
import whoami from '../../tools/whoami.ts'
import { build, call, request, type LogLine } from '../support/build.ts'
import { large, LARGE, LARGE_OUTPUT } from '../support/tools/large.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { connections, exchange, listen, raw, silent, until } from '../support/wire.ts'

const json = 'content-type: application/json'
const story = createStory()
// Its answer is an event of a stream, which its progress has opened.
const streamed = defineTool({
  ...large,
  name: 'streamed',
  async handler ({ length }, { progress }) {
    progress(1)
    return [{ type: 'text', text: 'x'.repeat(length) }]
  }
})
const tools = [whoami, large, streamed, ...slowTools(story)]

function ended (logs: readonly LogLine[]): LogLine[] {
  return logs.filter(({ msg }) => msg === 'connection ended')
}

t.test('ends a connection whose client does not read its answer in time, for each kind of answer', async t => {
  const { app, issuer, logs } = await build(t, { tools, env: LARGE_OUTPUT, sendLimits: { timeout: 300 } })
  const port = await listen(app)
  const lines = [json, `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  const asked = raw(lines, JSON.stringify(call('large', { length: LARGE })))
  const stream = JSON.stringify(request('tools/call', { name: 'streamed', arguments: { length: LARGE }, _meta: { progressToken: 1 } }))
  silent(t, port, asked)
  silent(t, port, asked.replace('content-type', 'connection: close\r\ncontent-type'))
  silent(t, port, raw(lines, stream))
  silent(t, port, asked, 'end')
  // Node itself ends the connection that the client has closed halfway.
  await until(async () => ended(logs).length >= 3 && await connections(app) === 0)
  for (const line of ended(logs)) t.match(line, { level: 30, reason: 'answer_not_taken', bytes: Number })
  await until(() => logs.filter(({ path }) => path === '/mcp').length === 4)
  t.equal(logs.filter(({ msg }) => msg === 'aborted').length, 4)
})

t.test('ends a connection whose client reads its answer byte by byte', async t => {
  const { app, issuer, logs } = await build(t, { tools, env: LARGE_OUTPUT, sendLimits: { timeout: 300 } })
  const port = await listen(app)
  const socket = silent(t, port, raw([json, `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`], JSON.stringify(call('large', { length: LARGE }))))
  const drip = setInterval(() => socket.read(1024), 10)
  t.teardown(() => clearInterval(drip))
  await until(() => ended(logs).length === 1)
  t.match(ended(logs)[0], { reason: 'answer_not_taken' })
})

t.test('lets a slow tool and a silent stream continue', async t => {
  const { app, issuer, logs } = await build(t, { tools, env: LARGE_OUTPUT, sendLimits: { timeout: 300 } })
  const port = await listen(app)
  const lines = [json, `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  const stubborn = (as: string, _meta: object): string => raw(lines, JSON.stringify(request('tools/call', { name: 'stubborn', arguments: { as }, _meta })))
  const answered = exchange(port, stubborn('slow tool', {}) + raw([], '', 'GET /health/live'), 2)
  let stream = ''
  silent(t, port, stubborn('silent stream', { progressToken: 1 })).on('data', chunk => { stream += chunk }).resume()
  for (const as of ['slow tool', 'silent stream']) await story.happened(`${as} started`)
  await sleep(900)
  for (const as of ['slow tool', 'silent stream']) story.tell(`${as} let go`)
  t.same((await answered).map(({ statusCode }) => statusCode), [200, 200])
  await until(() => /event: message[^]*"text":"done"/.test(stream))
  t.same(ended(logs), [])
})

t.test('ends a connection that asks too much ahead of its answers', async t => {
  const { app, logs, issuer } = await build(t, { tools, env: LARGE_OUTPUT })
  const port = await listen(app)
  const rows = [raw([], '', 'GET /.well-known/oauth-protected-resource'), raw([json]), raw([], '', 'GET /%zz'), raw([], '', 'HEAD /health/live'), raw([], '', 'GET /nothing')]
  for (const [i, one] of rows.entries()) {
    const before = logs.length
    silent(t, port, one.repeat(400))
    await until(async () => ended(logs).length === i + 1 && await connections(app) === 0)
    t.match(ended(logs)[i], { reason: 'too_many_requests_ahead' })
    t.ok(logs.length - before < 2 * SEND_LIMITS.depth + 5, `${logs.length - before} lines: the rest is not looked at`)
  }
  const answers = await exchange(port, raw([], '', 'GET /health/live').repeat(SEND_LIMITS.depth), SEND_LIMITS.depth)
  t.equal(answers.length, SEND_LIMITS.depth, 'as many as may are answered')

  const asked = raw([json, `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`], JSON.stringify(call('large', { length: LARGE })))
  const socket = silent(t, port, asked)
  const [waiting] = await once(app.server, 'connection') as [Socket]
  await until(() => waiting.writableLength > 0)
  socket.write(raw([], '', 'GET /health/live'))
  await until(() => ended(logs).length === rows.length + 1)
  t.match(ended(logs).at(-1), { reason: 'too_much_waiting' })
})

t.test('ends the connections that have waited longest when too many bytes wait in all', async t => {
  // No sweep comes in time, so the answers must trigger the check.
  const { app, issuer, logs } = await build(t, { tools, env: LARGE_OUTPUT, sendLimits: { total: 2.5 * LARGE, timeout: 3_600_000 } })
  let made = 0
  app.addHook('onSend', (_request, _reply, _payload, done) => {
    made++
    done()
  })
  const port = await listen(app)
  const lines = [json, `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  const asked = raw(lines, JSON.stringify(call('large', { length: LARGE })))
  for (let i = 1; i <= 6; i++) {
    silent(t, port, asked)
    await until(() => made === i && !app.isSendMemoryFull())
  }
  const late = Date.now() + 10_000
  await until(() => ended(logs).length === 4 || Date.now() > late)
  t.match(ended(logs), Array(4).fill({ reason: 'too_much_waiting' }))
  t.equal(await connections(app), 2)
  const [answer] = await exchange(port, raw([json, `authorization: Bearer ${issuer.token()}`], JSON.stringify(call('whoami'))))
  t.equal(answer?.statusCode, 200, 'others are served')
})

t.test('makes no further answer while the connections that it ended hold the memory', async t => {
  const many = Array.from({ length: 300 }, (_, n) => defineTool({ ...large, name: `many-${n}`, description: 'x'.repeat(600) }))
  const { app, issuer, logs } = await build(t, { tools: [whoami, ...many], sendLimits: { total: 1024 * 1024 } })
  let made = 0
  app.addHook('onSend', (_request, _reply, payload: string | Buffer, done) => {
    made += payload.length
    done()
  })
  const port = await listen(app)
  const lines = [json, `authorization: Bearer ${issuer.token()}`]
  const batch = raw(lines, JSON.stringify(Array.from({ length: 20 }, (_, n) => request('tools/list', {}, n))))
  const sockets = Array.from({ length: 20 }, () => silent(t, port, ''))
  await until(async () => await connections(app) === sockets.length)
  // All are in the kernel before the server reads the first.
  for (const socket of sockets) socket.write(batch.repeat(3))
  await until(() => ended(logs).length > 0 && logs.some(({ reason, status }) => reason === 'too_much_waiting' && status === 503))
  t.ok(made < 20 * 1024 * 1024, `${made} bytes were made, of 60 answers of 5 MB`)
  const [answer] = await exchange(port, raw(lines, JSON.stringify(call('whoami'))))
  t.equal(answer?.statusCode, 200, 'others are served')
})

t.test('does not count answers that were read, so a client may pipeline as long as it reads', async t => {
  const { app } = await build(t, { sendLimits: { depth: 24 } })
  const socket = connect(await listen(app), '127.0.0.1')
  t.teardown(() => socket.destroy())
  let text = ''
  socket.setEncoding('latin1').on('data', chunk => { text += chunk })
  for (let batch = 1; batch <= 4; batch++) {
    socket.write('GET /health/live HTTP/1.1\r\nhost: localhost:3000\r\n\r\n'.repeat(20))
    await until(() => text.split('HTTP/1.1 200').length === 20 * batch + 1 || socket.destroyed)
  }
  t.notOk(socket.destroyed)
})
