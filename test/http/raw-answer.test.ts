import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { build, request, type LogLine } from '../support/build.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { connections, exchange, listen, raw, until } from '../support/wire.ts'

const json = 'content-type: application/json'

t.test('writes nothing into an answer that has begun, or before one that is due', async t => {
  const story = createStory()
  const { app, issuer, logs } = await build(t, { tools: slowTools(story) })
  const port = await listen(app)
  const lines = [json, `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  for (const [as, _meta, begun] of [['due', {}, /^$/], ['begun', { progressToken: 1 }, /^HTTP\/1\.1 200 [^]*event: message/]] as const) {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(raw(lines, JSON.stringify(request('tools/call', { name: 'work', arguments: { as }, _meta })))))
    socket.on('data', chunk => { text += chunk })
    await story.happened(`${as} started`)
    await until(() => begun.test(text))
    socket.write('NONSENSE\r\n\r\n')
    await story.happened(`${as} stopped`)
    t.match(text, begun)
    t.notMatch(text, ' 400 ')
    t.match(logs.find(({ msg }) => msg === 'refused'), { status: 400, reason: 'broken_request', found: 'HPE_INVALID_METHOD' })
    await until(() => logs.some(({ msg }) => msg === 'aborted'))
    t.match(logs.filter(({ msg }) => msg === 'aborted').at(-1), { tool: 'work', status: as === 'begun' ? 200 : 499 })
  }
})

t.test('writes one answer to a request whose body is broken or never comes', async t => {
  const { app, issuer, logs } = await build(t, { serverFactory: handler => createServer({ connectionsCheckingInterval: 20 }, handler) })
  const port = await listen(app)
  const good = `authorization: Bearer ${issuer.token()}`
  const chunked = [json, 'transfer-encoding: chunked']
  const rows: ReadonlyArray<readonly [status: number, what: string, bytes: string, later?: string]> = [
    [401, 'a broken chunk', `${raw(chunked)}zz\r\n`],
    [401, 'a broken chunk, later', raw(chunked), 'zz\r\n'],
    [401, 'a body that never comes', raw([json, 'content-length: 10'])],
    [401, 'a part of a body', `${raw([json, 'content-length: 10'])}{`],
    [404, 'no route, and a broken chunk', `${raw(chunked, '', 'POST /nothing')}zz\r\n`],
    [405, 'another method, and a body that never comes', raw([json, 'content-length: 10'], '', 'PUT /mcp')],
    [204, 'a preflight, and a body that never comes', raw([json, 'content-length: 10'], '', 'OPTIONS /mcp')],
    [400, 'a broken chunk of a good caller', `${raw([...chunked, good])}zz\r\n`],
    [408, 'a body of a good caller that never comes', raw([json, 'content-length: 10', good])],
    [413, 'a long body of a good caller that never comes', raw([json, 'content-length: 100000000', good])]
  ]
  const closed = rows.map(async ([status, what, bytes, later]) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('error', () => {})
    socket.on('data', chunk => {
      text += chunk
      if (later !== undefined) socket.write(later)
    })
    await once(socket, 'close')
    t.same([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => Number(code)), [status], what)
  })
  const statuses = rows.map(([status]) => status).sort()
  const lines = (): LogLine[] => logs.filter(({ outcome }) => outcome !== undefined)
  // On a busy machine, a time limit that is set earlier ends requests before they are read.
  await until(() => lines().length >= rows.length - 1)
  app.server.headersTimeout = app.server.requestTimeout = 200
  await Promise.all(closed)
  await until(() => lines().length >= statuses.length)
  t.strictSame(lines().map(({ status }) => status).sort(), statuses, 'each request has one line, with the status of its answer')
  const broken = lines().filter(({ reason }) => reason === 'broken_request')
  t.match(broken.sort((a, b) => Number(a['status']) - Number(b['status'])), [
    { msg: 'refused', status: 400, outcome: 'denied', found: 'HPE_INVALID_CHUNK_SIZE', path: '/mcp', reqId: /./, sub: /./ },
    { msg: 'refused', status: 408, outcome: 'denied', found: 'ERR_HTTP_REQUEST_TIMEOUT', path: '/mcp', reqId: /./, sub: /./ }
  ])
  const [, next] = await exchange(port, raw([json], '{}') + raw([], '', 'GET /health/live'), 2)
  t.equal(next?.statusCode, 200, 'a body that does come keeps the connection open')
})

t.test('closes a connection that has its answer and does not read it', async t => {
  const { app } = await build(t)
  app.get('/large', { config: { public: true } }, () => 'x'.repeat(6 * 1024 * 1024))
  const port = await listen(app)
  const socket = connect(port, '127.0.0.1', () => socket.write(`${raw(['transfer-encoding: chunked', json], '', 'GET /large')}`))
  socket.on('error', () => {}).pause()
  t.teardown(() => socket.destroy())
  const [waiting] = await once(app.server, 'connection') as [Socket]
  await until(() => waiting.writableLength > 0)
  socket.write('zz\r\n')
  await until(async () => await connections(app) === 0)
})
