import type { Worker } from 'node:cluster'
import { EventEmitter } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import t from 'tap'
import { CONNECTION, createIntake, FREE, LAST, LEAVING } from '../../process/intake.ts'

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
