import cluster, { type Worker } from 'node:cluster'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { CONNECTION, createIntake, FREE, LEAVING, LOST } from '../../process/intake.ts'

// A worker of `test/process/hand-out.test.ts`. ROLE names its behaviour.
const worker = cluster.worker as Worker
const role = process.env['ROLE']

if (role === 'serves') {
  createIntake(worker).begin(createServer(({ socket }, response) => {
    // destroy() sends no FIN while another process holds the connection, so the client sees whether one does.
    response.end(String(process.pid), () => socket.destroy())
  }))
} else if (role === 'hangs') {
  worker.send(FREE, undefined, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
} else {
  worker.on('message', (message, socket: Socket) => {
    if (message !== CONNECTION) return
    if (role === 'exits') process.exit(1)
    if (role === 'loses') {
      socket.destroy()
      return worker.send(LOST)
    }
    // Leaves before it answers that it took the connection.
    worker.send(LEAVING)
    setTimeout(() => worker.send(FREE), 100)
  })
  worker.send(FREE)
}
