import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool } from '../mcp/tool.ts'
import { lazyLogger } from '../plugins/lazy-logger.ts'
import { build, call } from './helper.ts'

t.test('a closing server ends what is in flight, takes nothing new and says so', async t => {
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
  await t.rejects(fetch(`http://127.0.0.1:${port}/health/ready`), 'no new connections')
  // On the one that is open, behind the request that is in flight.
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

t.test('a request has a logger with its id, made when it is used', async t => {
  const { app, logs } = await build(t)
  const log = lazyLogger(app.log, { reqId: 'r1' })
  log.info({ a: 1 }, 'heard')
  log.child({ b: 2 }).warn('heard too')

  t.match(logs.filter(({ reqId }) => reqId === 'r1'), [{ a: 1, msg: 'heard' }, { b: 2, msg: 'heard too' }])
})
