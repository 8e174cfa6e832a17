import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool } from '../../mcp/tool.ts'
import whoami from '../../tools/whoami.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { build, call } from '../support/build.ts'
import { exchange, listen, raw, until } from '../support/wire.ts'

t.test('F-C6 the line of a request has the address of the client, behind a proxy the one that a trusted proxy names', async t => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' }
  const rows: ReadonlyArray<readonly [trusted: string, remoteAddress: string, headers: Record<string, string>, address: string]> = [
    ['false', '192.0.2.1', forwarded, '192.0.2.1'],
    ['loopback', '127.0.0.1', forwarded, '198.51.100.7'],
    ['loopback', '192.0.2.1', forwarded, '192.0.2.1'],
    ['loopback,198.51.100.0/24', '127.0.0.1', forwarded, '203.0.113.9'],
    ['true', '127.0.0.1', forwarded, '203.0.113.9'],
    ['loopback', '127.0.0.1', {}, '127.0.0.1'],
    ['true', '127.0.0.1', { 'x-forwarded-for': 'x'.repeat(300) }, 'x'.repeat(128)]
  ]
  for (const [TRUST_PROXY, remoteAddress, headers, address] of rows) {
    const { app, logs } = await build(t, { env: { TRUST_PROXY } })
    await app.inject({ method: 'POST', url: '/mcp', remoteAddress, headers: { host: 'localhost:3000', ...headers } })
    t.match(logs.at(-1), { reason: 'no_credentials', address }, `${TRUST_PROXY} from ${remoteAddress}`)
  }
})

t.test('F-C6 the line has an address also when the client has left, or what it sent is refused before any route', async t => {
  const story = createStory()
  const { app, issuer, logs } = await build(t, { tools: slowTools(story) })
  const port = await listen(app)
  const token = issuer.token({ scope: 'test:slow' })
  const socket = connect(port, '127.0.0.1', () => socket.write(raw(['content-type: application/json', `authorization: Bearer ${token}`], JSON.stringify(call('work', { as: 'left' })))))
  await story.happened('left started')
  socket.resetAndDestroy()
  await until(() => logs.some(({ msg }) => msg === 'aborted'))
  t.match(logs.find(({ msg }) => msg === 'aborted'), { status: 499, address: '127.0.0.1' })

  for (const [bytes, status] of [['NONSENSE\r\n\r\n', 400], [raw([], '', 'GET /%zz'), 400], [raw([], '', 'CONNECT a:1'), 405], [raw(['expect: foo']), 417]] as const) {
    const seen = logs.length
    await exchange(port, bytes)
    await until(() => logs.length > seen)
    t.match(logs[seen], { msg: 'refused', status, address: '127.0.0.1' })
  }
})

t.test('a call that ends because its client has just left is aborted, also if its answer was written', async t => {
  const leave = defineTool({
    name: 'leave',
    title: 'Leave',
    description: 'Closes the connection of its caller, and then begins to wait.',
    scopes: ['test:leave'],
    input: Type.Object({}),
    handler () {
      server?.destroy()
      return new Promise<never>(() => {})
    }
  })
  const { app, issuer, logs } = await build(t, { tools: [leave] })
  let server: Socket | undefined
  app.server.on('connection', socket => { server = socket })
  const port = await listen(app)
  const lines = ['content-type: application/json', `authorization: Bearer ${issuer.token({ scope: 'test:leave' })}`]
  for (const [message, status] of [[call('leave'), 499], [[call('leave', {}, 1), call('leave', {}, 2)], 200]] as const) {
    const seen = logs.length
    const socket = connect(port, '127.0.0.1', () => socket.write(raw(lines, JSON.stringify(message))))
    await once(socket, 'close')
    await until(() => logs.slice(seen).some(({ outcome }) => outcome !== undefined))
    t.strictSame(logs.slice(seen).filter(({ outcome }) => outcome !== undefined).map(({ msg, outcome, status }) => [msg, outcome, status]), Array([message].flat().length).fill(['aborted', 'aborted', status]))
  }
})

t.test('F-C6 a client that resets its connection does not hide its address', async t => {
  const { app, issuer, logs } = await build(t, { tools: [whoami] })
  const port = await listen(app)
  const bytes = raw(['content-type: application/json', `authorization: Bearer ${issuer.token()}`], JSON.stringify(call('whoami')))
  // The request and the reset are both in the kernel before the server reads either.
  const attack = (port: number): Socket => {
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => socket.resetAndDestroy()))
    return socket
  }
  for (let i = 0; i < 10; i++) await once(attack(port), 'close')
  await exchange(port, bytes)
  await until(() => logs.at(-1)?.['status'] === 200 && logs.at(-1)?.['msg'] === 'answered')
  t.strictSame(logs.filter(({ path, address }) => path !== undefined && address !== '127.0.0.1'), [])

  const held: Socket[] = []
  const relay = createServer({ pauseOnConnect: true }, socket => held.push(socket)).listen(0, '127.0.0.1')
  t.teardown(() => relay.close())
  await once(relay, 'listening')
  await once(attack((relay.address() as AddressInfo).port), 'close')
  await until(() => held.length === 1)
  const seen = logs.length
  const late = held[0] as Socket
  app.server.emit('connection', late)
  await once(late, 'close')
  t.equal(logs.length, seen, 'a request of a client that has no address any more is not served')
})
