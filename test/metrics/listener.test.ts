import { get, type IncomingMessage } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import t from 'tap'
import { hostCheck } from '../../metrics/host.ts'
import { serveMetrics } from '../../metrics/listener.ts'
import { openMetrics } from '../../metrics/open.ts'
import type { Test } from '../support/build.ts'
import { measured } from '../support/metrics.ts'
import { freePort } from '../support/ports.ts'
import { raw, silent, until } from '../support/wire.ts'

t.test('the listener answers GET /metrics and nothing else', async t => {
  const { url, app } = await measured(t)
  const got = await fetch(url)
  t.equal(got.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  t.match(await got.text(), /^# HELP .*\n# TYPE /m)
  t.equal((await fetch(url, { method: 'HEAD' })).status, 200)
  t.equal((await fetch(url, { method: 'POST' })).status, 405)
  t.equal((await fetch(new URL('/mcp', url))).status, 404)
  t.equal((await app.inject({ url: '/metrics', headers: { host: 'localhost:3000' } })).statusCode, 404, 'not beside the endpoint for callers')

  const port = await freePort()
  t.teardown(await serveMetrics({ host: '127.0.0.1', port }, async () => { throw new Error('no figures') }, () => {}))
  t.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 500)
})

t.test('on a loopback address, the listener answers no page that points a name of its own there', async t => {
  const { url, warnings } = await measured(t)
  const port = new URL(url).port
  const ask = async (host: string): Promise<readonly [status: number | undefined, body: string]> => {
    const sent = get(url, { headers: { host }, agent: false })
    const [response] = await once(sent, 'response') as [IncomingMessage]
    return [response.statusCode, (await response.setEncoding('utf8').toArray()).join('')]
  }
  for (const host of [`127.0.0.1:${port}`, 'localhost', `LocalHost.:${port}`, `[::1]:${port}`, '10.1.2.3:80', '[fd00::1]']) t.match(await ask(host), [200, /^# HELP/], host)
  t.strictSame(warnings, [])
  const words = 'METRICS_HOST is a loopback address, so the Host must be localhost or an address'
  for (const host of [`page.example:${port}`, 'localhost.page.example', '127.0.0.1.page.example', 'notlocalhost', '[localhost]', '[::1].page.example', '1', 'localhost:x', '127.0.0.1:80@page.example']) {
    t.strictSame(await ask(host), [403, `${words}\n`], host)
  }
  t.strictSame(warnings, [`GET /metrics was refused: ${words}`], 'once')

  t.ok(hostCheck('127.0.0.1', 'Metrics.internal')('metrics.internal:9464'), 'the name in METRICS_HOST')
  t.ok(hostCheck('127.0.0.1', '127.0.0.1')('host.docker.internal:9464'), 'Prometheus asks out of a container')
  t.notOk(hostCheck('::1', '::1')(undefined))
  for (const address of ['0.0.0.0', '::', '10.0.0.1', '::ffff:10.0.0.1']) t.ok(hostCheck(address, address)('mcp-server.monitoring.svc'), 'Prometheus asks by the names of a cluster')
})

t.test('closes a connection after one answer, so that answers to requests ahead cannot pile up', async t => {
  const port = await freePort()
  let asked = 0
  t.teardown(await serveMetrics({ host: '127.0.0.1', port }, async () => `asked ${++asked}`, () => {}))
  const started = performance.now()
  const socket = connect(port, '127.0.0.1', () => socket.write(raw([], '', 'GET /metrics').repeat(3)))
  const text = (await socket.setEncoding('latin1').toArray()).join('')
  t.ok(performance.now() - started < 5000, 'at once, and not after the 5 s for which Node keeps an idle connection')
  t.equal(asked, 1)
  t.match(text, /^HTTP\/1\.1 200 [^]*\r\nconnection: close\r\n[^]*asked 1/i)
})

t.test('a client that does not read its answer loses its connection', async t => {
  const port = await freePort()
  t.teardown(await serveMetrics({ host: '127.0.0.1', port }, async () => 'x'.repeat(32 * 1024 * 1024), () => {}, 200))
  let held: Socket | undefined
  const note = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket }
    if (socket.localPort === port) held = socket
  }
  subscribe('http.server.request.start', note)
  t.teardown(() => unsubscribe('http.server.request.start', note))
  silent(t, port, raw([], '', 'GET /metrics'))
  await until(() => held?.closed === true)
})

/** A request for the figures, after which the server closes the connection. */
const CLOSING = raw(['connection: close'], '', 'GET /metrics')

/** Counts the connections that the server with this port accepts. */
function countAccepted (t: Test, port: number): () => number {
  let accepted = 0
  const count = (message: unknown): void => { if ((message as { readonly socket: Socket }).socket.localPort === port) accepted++ }
  subscribe('net.server.socket', count)
  t.teardown(() => unsubscribe('net.server.socket', count))
  return () => accepted
}

t.test('a flood of connections neither takes all files nor locks Prometheus out', async t => {
  const port = await freePort()
  t.teardown(await serveMetrics({ host: '127.0.0.1', port }, async () => 'figures', () => {}))
  const accepted = countAccepted(t, port)
  const open: Socket[] = []
  let closed = 0
  for (let i = 1; i <= 70; i++) {
    const socket = connect(port, '127.0.0.1').resume()
    // The end may come as a reset.
    socket.on('error', () => {}).once('close', () => closed++)
    open.push(socket)
    await until(() => accepted() === i)
  }
  t.teardown(() => open.forEach(socket => socket.destroy()))
  await until(() => closed === 6)
  t.strictSame(open.map(({ destroyed }) => destroyed).indexOf(false), 6, 'the oldest ones lost their places')
  const asked = connect(port, '127.0.0.1', () => asked.write(CLOSING))
  t.match((await asked.setEncoding('latin1').toArray()).join(''), /figures/)
})

t.test('requests that arrive together share one reading of the figures', async t => {
  const port = await freePort()
  let readings = 0
  t.teardown(await serveMetrics({ host: '127.0.0.1', port }, async () => {
    if (++readings === 1) throw new Error('no figures')
    return `reading ${readings}`
  }, () => {}))
  const accepted = countAccepted(t, port)
  for (const expected of [/^HTTP\/1\.1 500 /, /reading 2/]) {
    const before = accepted()
    const sockets = Array.from({ length: 5 }, () => connect(port, '127.0.0.1').setEncoding('latin1'))
    await until(() => accepted() === before + 5)
    await Promise.all(sockets.map(socket => socket.connecting && once(socket, 'connect')))
    // All at once, so that the server reads them in one turn of the event loop.
    for (const socket of sockets) socket.write(CLOSING)
    for (const socket of sockets) t.match((await socket.toArray()).join(''), expected)
  }
  t.equal(readings, 2)
})

t.test('an address that cannot be used is an error that names the setting', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  const open = (host: string, at: number) => serveMetrics({ host, port: at }, async () => '', () => {})
  await t.rejects(open('127.0.0.1', port), { message: `METRICS_PORT: port ${port} is in use. Set METRICS_PORT to another one, or stop what listens there.` })
  await t.rejects(open('192.0.2.1', await freePort()), { message: 'METRICS_HOST: "192.0.2.1" is not an address of this machine. Set METRICS_HOST to one that is.' })
})

t.test('the primary opens a listener without figures of its own', async t => {
  const port = await freePort()
  t.teardown(await openMetrics({ host: '127.0.0.1', port }, () => {}))
  t.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200)
})
