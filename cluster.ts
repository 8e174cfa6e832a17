import cluster from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'

// A worker that dies at once, time and again, is not started again at once.
const RESTART_MS = 1000

/**
 * Runs this program in `count` worker processes that share one port. The server keeps no state between requests, so any
 * worker can serve any of them; each has its own keys and its own cache of tokens. A worker that dies is replaced.
 *
 * @returns ends all workers, and waits for them
 */
export async function startWorkers (count: number, onDeath: (message: string) => void): Promise<() => Promise<void>> {
  // What one worker sealed another must be able to open.
  const env = { STATE_SECRET: process.env['STATE_SECRET'] || randomBytes(32).toString('base64url') }
  const workers = Array.from({ length: count }, () => cluster.fork(env))
  let stopping = false

  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return
    onDeath(`worker ${worker.process.pid} ended with ${signal ?? code}; another one takes its place`)
    setTimeout(() => { if (!stopping) cluster.fork(env) }, RESTART_MS)
  })
  const listening = workers.map(worker => Promise.race([
    once(worker, 'listening'),
    once(worker, 'exit').then(() => { throw new Error('a worker did not start') })
  ]))
  await Promise.all(listening).catch(error => {
    stopping = true
    Object.values(cluster.workers ?? {}).forEach(worker => worker?.process.kill('SIGTERM'))
    throw error
  })

  return async () => {
    stopping = true
    const running = Object.values(cluster.workers ?? {}).filter(worker => worker !== undefined)
    await Promise.all(running.map(worker => {
      const ended = once(worker, 'exit')
      worker.process.kill('SIGTERM')
      return ended
    }))
  }
}
