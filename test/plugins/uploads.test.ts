import { connect, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { BLOCK } from '../../http/gathered.ts'
import { defineTool } from '../../mcp/tool.ts'
import { build, call, request, type LogLine, type Test } from '../support/build.ts'
import { exchange, listen, raw, until } from '../support/wire.ts'

const MB = 1024 * 1024
const json = 'content-type: application/json'
const chunked = 'transfer-encoding: chunked'
const echo = defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Says it again.',
  scopes: ['tool:whoami'],
  input: Type.Object({ text: Type.String() }),
  handler: ({ text }) => [{ type: 'text', text }]
})

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heap (): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** A body in chunks of this many bytes. */
function inChunks (body: Buffer, size: number): string {
  const chunks = Array.from({ length: Math.ceil(body.length / size) }, (_, i) => body.subarray(i * size, (i + 1) * size))
  return chunks.map(chunk => `${chunk.length.toString(16)}\r\n${chunk.toString('latin1')}\r\n`).join('')
}

function send (t: Test, port: number, bytes: string): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
  socket.resume().on('error', () => {})
  t.teardown(() => socket.destroy())
  return socket
}

function ended (logs: readonly LogLine[]): LogLine[] {
  return logs.filter(({ msg }) => msg === 'connection ended')
}

t.test('holds a body that arrives in pieces of one byte in little memory', async t => {
  const { app, issuer } = await build(t)
  const port = await listen(app)
  // On a busy machine the pieces take longer than a request may, and they would delay the fetch of the keys.
  app.server.requestTimeout = 0
  await until(() => app.keys.ready)
  const pieces = inChunks(Buffer.alloc(50_000, ' '), 1)
  const before = heap()
  const head = raw([json, chunked, `authorization: Bearer ${issuer.token()}`])
  let read = (): number => 0
  app.server.on('connection', socket => { read = () => socket.bytesRead })
  let answer = ''
  const socket = send(t, port, head + pieces)
  socket.setEncoding('latin1').on('data', chunk => { answer += chunk })
  await until(() => read() === head.length + pieces.length)
  const grown = heap() - before
  t.ok(grown < 5 * MB, `${grown} bytes`)

  const body = Buffer.from(JSON.stringify(request('ping')))
  socket.write(`${inChunks(body, 7)}0\r\n\r\n`)
  await until(() => answer.includes('"result":{}'))
})

t.test('reads a body of several blocks as it was sent', async t => {
  const { app, issuer } = await build(t, { tools: [echo] })
  const port = await listen(app)
  const text = 'aß€😀'.repeat(10_000)
  const body = Buffer.from(JSON.stringify(call('echo', { text })))
  t.ok(body.length > 5 * BLOCK)
  for (const size of [1021, BLOCK, body.length]) {
    const [answer] = await exchange(port, `${raw([json, chunked, `authorization: Bearer ${issuer.token()}`])}${inChunks(body, size)}0\r\n\r\n`)
    t.match(JSON.parse(Buffer.from(answer?.body ?? '', 'latin1').toString()), { result: { content: [{ text }] } }, `pieces of ${size}`)
  }
})

t.test('refuses a body without a length once it is too large', async t => {
  const { app, issuer } = await build(t)
  const [answer] = await exchange(await listen(app), raw([json, chunked, `authorization: Bearer ${issuer.token()}`]) + inChunks(Buffer.alloc(1.1 * MB, ' '), BLOCK))
  t.equal(answer?.statusCode, 413)
})

t.test('ends the oldest upload of the caller that holds most, and spares other callers', async t => {
  const { app, issuer, logs } = await build(t, { uploadRoom: 8 * BLOCK })
  const port = await listen(app)
  // Only eight large bodies may wait for a key.
  await until(() => app.keys.ready)
  const body = JSON.stringify(request('ping', { text: 'x'.repeat(BLOCK) }))
  const begin = (sub: string, bytes: number): Socket => send(t, port, raw([json, `content-length: ${body.length}`, `authorization: Bearer ${issuer.token({ sub })}`]) + body.slice(0, bytes))

  let answer = ''
  const slow = begin('auth0|slow', 10).setEncoding('latin1').on('data', chunk => { answer += chunk })
  await until(() => slow.bytesWritten > 0)
  const many = Array.from({ length: 10 }, () => begin('auth0|many', 5000))
  await until(() => ended(logs).length === 3)
  for (const line of ended(logs)) t.match(line, { level: 30, reason: 'too_much_uploaded', bytes: BLOCK, client: String })
  await until(() => logs.filter(({ msg }) => msg === 'aborted').length === 3)
  await until(() => many.filter(({ destroyed }) => destroyed).length === 3)

  slow.write(body.slice(10))
  await until(() => answer.includes('"result":{}'))
})

t.test('counts nothing that arrives on a connection which it ended', async t => {
  const { app, issuer, logs } = await build(t, { uploadRoom: 2 * BLOCK })
  const port = await listen(app)
  const bytes = raw([json, `authorization: Bearer ${issuer.token()}`], JSON.stringify(request('ping', { text: 'x'.repeat(60 * 1024) })))
  for (let i = 1; i <= 4; i++) {
    send(t, port, bytes)
    await until(() => logs.filter(({ msg }) => msg === 'aborted').length === i)
  }
  t.equal(ended(logs).length, 4)
  const [answer] = await exchange(port, raw([json, chunked, `authorization: Bearer ${issuer.token()}`]) + `${inChunks(Buffer.from(JSON.stringify(request('ping'))), 7)}0\r\n\r\n`)
  t.equal(answer?.statusCode, 200)
})

t.test('counts no upload that is complete or cut off', async t => {
  const { app, issuer, logs } = await build(t, { uploadRoom: 4 * BLOCK })
  const port = await listen(app)
  const body = JSON.stringify(request('ping', { text: 'x'.repeat(2 * BLOCK) }))
  const bytes = raw([json, `authorization: Bearer ${issuer.token()}`], body)
  for (let i = 1; i <= 3; i++) {
    const [answer] = await exchange(port, bytes)
    t.equal(answer?.statusCode, 200)
    const cut = connect(port, '127.0.0.1', () => cut.end(bytes.slice(0, -10), 'latin1'))
    cut.resume()
    await until(() => logs.filter(({ reason }) => reason === 'broken_request').length === i)
  }
  t.same(ended(logs), [])
})
