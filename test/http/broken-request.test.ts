import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { build } from '../support/build.ts'
import { connections, exchange, listen, raw, until } from '../support/wire.ts'

const json = 'content-type: application/json'

t.test('answers malformed HTTP with our error format, and logs none of its bytes', async t => {
  const setup = await build(t)
  const port = await listen(setup.app)
  const secret = `authorization: Bearer ${setup.issuer.token()}`
  const rows: ReadonlyArray<readonly [number, string]> = [
    [400, `NONSENSE\r\n${secret}\r\n\r\n`],
    [400, raw([secret, 'content-length: 2', 'transfer-encoding: chunked'], '{}')],
    [400, raw([secret, 'content-length: 1', 'content-length: 2'])],
    [400, raw([secret, 'bad header: x'])],
    [400, raw([secret, 'x: a\rb'])],
    [400, raw([secret, json], '', 'GET /%zz?access_token=a-secret-of-the-query')],
    [400, raw([secret, json], '', 'POST /%E0%A4%A')],
    [431, raw([secret, `x: ${'x'.repeat(20_000)}`])]
  ]
  const before = setup.logs.length
  for (const [status, bytes] of rows) {
    const [answer] = await exchange(port, bytes)
    t.equal(answer?.statusCode, status)
    t.match(answer?.headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-type': /^application\/json/ })
    t.match(JSON.parse(answer?.body ?? ''), { error: 'invalid_request', error_description: /^[\w ]+$/ })
    t.match(setup.logs.at(-1), { msg: 'refused', status, reason: bytes.includes('/%') ? 'bad_target' : 'broken_request' })
    t.equal(answer?.headers['x-request-id'], setup.logs.at(-1)?.['reqId'], 'the id of the line, if it has one')
  }
  t.strictSame(setup.logs.slice(before).filter(line => JSON.stringify(line).includes('secret')), [])
  t.notMatch(JSON.stringify(setup.logs), setup.issuer.token().split('.')[0] ?? '')
})

t.test('closes the connection if a client stays connected after such an answer', async t => {
  const { app } = await build(t)
  const port = await listen(app)
  const sockets = Array.from({ length: 20 }, () => connect({ port, host: '127.0.0.1', allowHalfOpen: true }, function (this: Socket) { this.write('NONSENSE\r\n\r\n') }))
  t.teardown(() => sockets.forEach(socket => socket.destroy()))
  await Promise.all(sockets.map(async socket => { t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 400 /) }))
  await until(async () => await connections(app) === 0)
})

t.test('answers an unknown parser error once, and ignores a second one on the closed socket', async t => {
  const { app } = await build(t)
  const socket = new PassThrough()
  app.server.emit('clientError', new Error('of no known kind'), socket)
  t.match(socket.read()?.toString(), /^HTTP\/1\.1 400 Bad Request\r\n/)
  t.doesNotThrow(() => app.server.emit('clientError', new Error('again'), socket))
})

t.test('F-H4 logs how to raise the limit on headers', async t => {
  const { app, logs } = await build(t)
  const [answer] = await exchange(await listen(app), raw([`x: ${'x'.repeat(20_000)}`]))
  t.equal(answer?.statusCode, 431)
  t.match(logs.at(-1), { reason: 'broken_request', status: 431, hint: /--max-http-header-size/ })
})
