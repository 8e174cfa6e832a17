import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { handOut, type HandOut } from '../../process/hand-out.ts'
import { CONNECTION, FREE, LAST, LEAVING, SENT } from '../../process/intake.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { freePort } from '../support/ports.ts'
import { ROOT } from '../support/root.ts'

// The connections of real processes. tap's own loader must not run in them.
cluster.setupPrimary({ exec: join(ROOT, 'test/support/hand-out-worker.ts'), args: [], execArgv: [...TYPESCRIPT] })

/** A port whose connections go to workers. */
async function open (t: Test, most?: number): Promise<HandOut & { port: number }> {
  const port = await freePort()
  const connections = await handOut('127.0.0.1', port, most)
  t.teardown(() => connections.stop(0))
  return { ...connections, port }
}

/** A worker, once it has asked for a connection. It ends with the test. */
async function fork (t: Test, connections: HandOut, role: 'serves' | 'hangs' | 'exits' | 'leaves' | 'loses'): Promise<Worker> {
  const worker = cluster.fork({ ROLE: role, NODE_OPTIONS: '' })
  worker.on('error', () => {})
  t.teardown(async () => {
    if (worker.isDead()) return
    worker.process.kill('SIGKILL')
    await once(worker, 'exit')
  })
  await new Promise<void>(resolve => connections.add(worker, resolve))
  return worker
}

/** Calls back with each message to a worker. */
function watch (worker: Worker, tell: (message: unknown) => void): void {
  const { send } = worker
  worker.send = (...message: any[]) => {
    tell(message[0])
    return Reflect.apply(send, worker, message)
  }
}

/** Asks over a connection of its own. Resolves to the process that answered, when the connection is closed. */
function ask (port: number): { readonly answer: Promise<number>, readonly socket: Socket } {
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
  let text = ''
  socket.setTimeout(20_000, () => socket.destroy()).setEncoding('latin1').on('data', chunk => { text += chunk }).on('error', () => {})
  return { answer: new Promise(resolve => socket.once('close', () => resolve(Number(/\d+$/.exec(text)?.[0])))), socket }
}

t.test('a connection on its way to a worker that is killed goes to another one', async t => {
  const connections = await open(t)
  const stuck = await fork(t, connections, 'hangs')
  const sent = new Promise<void>(resolve => watch(stuck, () => resolve()))
  const { answer } = ask(connections.port)
  await sent
  stuck.process.kill('SIGKILL')
  const { process: { pid } } = await fork(t, connections, 'serves')
  t.equal(await answer, pid)
})

t.test('a connection that waits for a worker takes the place of the oldest one, if there are many', async t => {
  const connections = await open(t, 2)
  const [first, ...others] = [ask(connections.port), ask(connections.port), ask(connections.port)]
  t.ok(Number.isNaN(await first?.answer), 'it is closed without an answer')
  const { process: { pid } } = await fork(t, connections, 'serves')
  for (const { answer } of others) t.equal(await answer, pid)
})

t.test('a connection that a worker got as it exited goes to another one', async t => {
  const connections = await open(t)
  const dying = await fork(t, connections, 'exits')
  const { answer } = ask(connections.port)
  await once(dying, 'exit')
  const { process: { pid } } = await fork(t, connections, 'serves')
  t.equal(await answer, pid)
})

t.test('a connection on its way to a worker that dies as the port is closed goes to another one', async t => {
  const connections = await open(t)
  const stuck = await fork(t, connections, 'hangs')
  const sent = new Promise<void>(resolve => watch(stuck, () => resolve()))
  const { answer } = ask(connections.port)
  await sent
  const other = await fork(t, connections, 'serves')
  const stopped = connections.stop(0)
  other.emit('message', LEAVING)
  while (!Number.isNaN(await ask(connections.port).answer)) { /* the port is still open */ }
  stuck.process.kill('SIGKILL')
  await stopped
  t.equal(await answer, other.process.pid)
})

t.test('a worker that died while it was free gets no connection', async t => {
  const connections = await open(t)
  const idle = await fork(t, connections, 'hangs')
  idle.process.kill('SIGKILL')
  await once(idle, 'exit')
  const { process: { pid } } = await fork(t, connections, 'serves')
  t.equal(await ask(connections.port).answer, pid)
})

t.test('a worker that leaves gets no further connection, although its last answer comes later', async t => {
  const connections = await open(t)
  const leaving = await fork(t, connections, 'leaves')
  const kept = ask(connections.port)
  for (let message; message !== FREE;) [message] = await once(leaving, 'message')
  const { process: { pid } } = await fork(t, connections, 'serves')
  for (let i = 0; i < 2; i++) t.equal(await ask(connections.port).answer, pid)
  kept.socket.destroy()
})

t.test('a stopped port refuses, and its workers serve what it accepted', async t => {
  const connections = await open(t)
  const worker = await fork(t, connections, 'serves')
  t.equal(await ask(connections.port).answer, worker.process.pid)

  const messages: unknown[] = []
  watch(worker, message => messages.push(message))
  worker.emit('message', { metrics: 1, snapshot: [] })
  t.strictSame(messages, [], 'other parts of a worker talk to the first process too')
  const stopped = connections.stop(50)
  worker.emit('message', LEAVING)
  t.strictSame(messages, [], 'it is needed until the port is closed')
  t.equal(await ask(connections.port).answer, worker.process.pid)
  await stopped
  t.strictSame(messages, [CONNECTION, SENT, LAST])
  t.strictSame(await ask(connections.port).answer, NaN, 'refused')
})

t.test('a connection that did not reach a worker goes to another one', async t => {
  const connections = await open(t)
  await fork(t, connections, 'loses')
  const { process: { pid } } = await fork(t, connections, 'serves')
  t.equal(await ask(connections.port).answer, pid)
})
