import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { stopAccepting } from '../../http/stop-accepting.ts'
import { block } from '../support/block.ts'

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

t.test('answers the requests on connections that wait to be accepted, and accepts no more', async t => {
  const server = createServer((_request, response) => response.end('answered')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const kept = connect(port, '127.0.0.1')
  kept.write(REQUEST.replace('close', 'keep-alive'))
  await once(kept, 'data')
  const sockets = Array.from({ length: 50 }, () => connect(port, '127.0.0.1', function (this: ReturnType<typeof connect>) { this.write(REQUEST) }))
  // Node connects in the next tick. The system needs a moment on a busy machine, and the server must not accept in it.
  await new Promise(resolve => process.nextTick(resolve))
  block(20)

  await stopAccepting(server)
  for (const answer of await Promise.all(sockets.map(socket => text(socket)))) t.match(answer, /answered/)
  const [refused] = await once(connect(port, '127.0.0.1'), 'error')
  t.match(refused, { code: 'ECONNREFUSED' })

  kept.write(REQUEST)
  t.match(await text(kept), /answered/, 'an open connection stays')
})

t.test('closes a server that is never idle', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const busy = (): void => {
    if (!server.listening) return
    block(1)
    setImmediate(busy)
  }
  busy()
  await stopAccepting(server)
  t.notOk(server.listening)
})
