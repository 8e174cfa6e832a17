import type { Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import t from 'tap'
import { CONNECTION, createIntake, FREE, LAST, LEAVING, LOST, SENT } from '../../process/intake.ts'
import { until } from '../support/wire.ts'

t.test('a worker takes connections, ignores one that broke, and stops after the last one or when its primary is gone', async t => {
  const sent: unknown[] = []
  const worker = Object.assign(new EventEmitter(), { send: (message: unknown) => sent.push(message) })
  const { begin, end } = createIntake(worker as unknown as Worker)
  const server = createHttpServer()
  const taken: unknown[] = []
  server.removeAllListeners('connection').on('connection', socket => taken.push(socket))
  begin(server)
  const socket = { allowHalfOpen: false }
  worker.emit('message', { metrics: 1 })
  worker.emit('message', CONNECTION)
  worker.emit('message', CONNECTION, socket)
  t.strictSame([taken, socket.allowHalfOpen, sent], [[socket], true, [FREE, FREE, FREE]])

  for (const [event, message] of [['message', LAST], ['disconnect', undefined]] as const) {
    let isOver = false
    const over = end().then(() => { isOver = true })
    t.equal(sent.at(-1), LEAVING)
    worker.emit('message', CONNECTION, socket)
    await new Promise(resolve => setImmediate(resolve))
    t.notOk(isOver)
    worker.emit(event, message)
    await over
  }
  t.equal(taken.length, 3)
  server.close()
})

t.test('a worker reports a connection that was sent and did not arrive, and asks again a little later', async t => {
  const sent: unknown[] = []
  const worker = Object.assign(new EventEmitter(), { send: (message: unknown) => sent.push(message) })
  const server = createHttpServer().removeAllListeners('connection')
  createIntake(worker as unknown as Worker).begin(server)
  worker.emit('message', CONNECTION, {})
  worker.emit('message', SENT)
  t.strictSame(sent, [FREE, FREE])
  worker.emit('message', SENT)
  t.strictSame(sent, [FREE, FREE, LOST])
  await until(() => sent.length === 4)
  t.equal(sent.at(-1), FREE)
  server.close()
})
