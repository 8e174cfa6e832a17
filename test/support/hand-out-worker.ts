import cluster, { type Worker } from 'node:cluster'
import { createServer } from 'node:http'
import { CONNECTION, createIntake, FREE, LEAVING } from '../../process/intake.ts'

// A worker of `test/process/hand-out.test.ts`. ROLE says what it does with its connections.
const worker = cluster.worker as Worker
const role = process.env['ROLE']

if (role === 'serves') {
  createIntake(worker).begin(createServer(({ socket }, response) => {
    // Without a farewell, so that the client sees the end only if no other process holds the connection.
    response.end(String(process.pid), () => socket.destroy())
  }))
} else if (role === 'hangs') {
  worker.send(FREE, undefined, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
} else {
  worker.on('message', message => {
    if (message !== CONNECTION) return
    if (role === 'exits') process.exit(1)
    // Its farewell overtakes its answer.
    worker.send(LEAVING)
    setTimeout(() => worker.send(FREE), 100)
  })
  worker.send(FREE)
}
