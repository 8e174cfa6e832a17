import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import t from 'tap'
import { build } from './support/build.ts'
import { exchange, listen, raw } from './support/wire.ts'

const json = 'content-type: application/json'

t.test('cuts off a client that sends its headers or its body too slowly', async t => {
  const usual = await build(t)
  t.match(usual.app.server, { headersTimeout: 15_000, requestTimeout: 30_000 })

  const { app, issuer } = await build(t, { serverFactory: handler => createServer({ connectionsCheckingInterval: 20 }, handler) })
  const port = await listen(app)
  app.server.headersTimeout = app.server.requestTimeout = 60
  for (const bytes of ['POST /mcp HTTP/1.1\r\nhost: localhost\r\nauth', raw([json, 'content-length: 100', `authorization: Bearer ${issuer.token()}`])]) {
    const [answer] = await exchange(port, bytes)
    t.match(answer, { statusCode: 408, headers: { connection: 'close', 'cache-control': 'no-store' } })
  }
})

t.test('waits SHUTDOWN_GRACE for a request that does not end, then cuts it off without a failure', async t => {
  const usual = await build(t)
  t.equal(usual.app.initialConfig.pluginTimeout, 20_000, 'Fastify gives closing twice as long')

  const { app, issuer, logs, whoami } = await build(t, { grace: 300 })
  t.equal(app.initialConfig.pluginTimeout, 10_000, 'starting has as long as ever')
  const port = await listen(app)
  t.equal((await whoami(issuer.token())).statusCode, 200)
  const received = once(app.server, 'request')
  const slow = connect(port, '127.0.0.1', () => slow.write(raw([json, 'content-length: 9', `authorization: Bearer ${issuer.token()}`]))).on('error', () => {})
  const cutOff = once(slow, 'close')
  await received

  const before = Date.now()
  await app.close()
  t.ok(Date.now() - before >= 290, 'it is waited for')
  await cutOff
  t.match(logs.at(-1), { msg: 'aborted', status: 499 })
})
