import cluster, { type Worker } from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'

/** Who is told how the workers fare. */
export interface Watch {
  /** Takes what an operator should know, in words. */
  tell (message: string): void
  /** No worker runs and none can be started; why has been told. */
  fail (): void
}

// A worker that dies at once, time and again, is not started again at once; the wait doubles with each failed start.
const RESTART_MS = 500
const RESTART_AT_MOST_MS = 30_000
const FAILED_STARTS = 4
// Above the ten seconds that a worker gives its requests, below what stop.ts gives to us.
const STOP_WITHIN_MS = 12_000

/**
 * Runs this program in `count` worker processes that share one port. The server keeps no state between requests, so any
 * worker can serve any of them; each has its own keys and its own cache of tokens. A worker that dies is replaced.
 *
 * @returns ends all workers, those that hang after 12 s with SIGKILL; resolves to whether all ended in good order
 */
export function startWorkers (count: number, { tell, fail }: Watch): () => Promise<boolean> {
  // What one worker sealed another must be able to open.
  const env = { STATE_SECRET: process.env['STATE_SECRET'] || randomBytes(32).toString('base64url') }
  const workers = new Set<Worker>()
  let hasServed = false
  let failedStarts = 0
  let restart: NodeJS.Timeout | undefined
  let stopping = false

  // Whatever ends this process, a worker that hangs would outlive it.
  process.once('exit', () => workers.forEach(worker => worker.process.kill('SIGKILL')))
  startMissing()
  return stop

  function startMissing (): void {
    restart = undefined
    const missing = count - workers.size
    // What keeps one worker from starting keeps them all, so one goes ahead.
    const atOnce = workers.size > 0 && failedStarts === 0 ? missing : Math.min(missing, 1)
    for (let i = 0; i < atOnce; i++) startOne()
  }

  function startOne (): void {
    const worker = cluster.fork(env)
    const { pid = 'without a process' } = worker.process
    let listened = false
    workers.add(worker)
    worker.once('listening', () => {
      listened = hasServed = true
      failedStarts = 0
      if (!stopping && restart === undefined) startMissing()
    })
    worker.once('exit', (code, signal) => replace(signal ?? code))
    // What could not be spawned has no 'exit'.
    worker.on('error', ({ message }) => { if (worker.process.pid === undefined) replace(message) })

    function replace (cause: string | number): void {
      workers.delete(worker)
      if (stopping) return
      if (!listened) failedStarts++
      if (!hasServed) {
        // One that ends with 1 has said why.
        if (cause !== 1) tell(`Cannot start: a worker ended with ${cause}`)
        fail()
      } else if (workers.size === 0 && failedStarts >= FAILED_STARTS) {
        tell(`worker ${pid} ended with ${cause}; giving up, as no worker runs and the last ${failedStarts} did not start`)
        fail()
      } else {
        const wait = Math.min(RESTART_MS * 2 ** failedStarts, RESTART_AT_MOST_MS)
        tell(`worker ${pid} ended with ${cause}; another one starts within ${wait / 1000} s`)
        restart ??= setTimeout(startMissing, wait)
      }
    }
  }

  async function stop (): Promise<boolean> {
    stopping = true
    clearTimeout(restart)
    setTimeout(() => workers.forEach(({ process: worker }) => {
      tell(`worker ${worker.pid} did not end within ${STOP_WITHIN_MS / 1000} s and is killed`)
      worker.kill('SIGKILL')
    }), STOP_WITHIN_MS).unref()

    const ends = await Promise.all([...workers].map(worker => {
      const ended = once(worker, 'exit')
      worker.process.kill('SIGTERM')
      return ended
    }))
    // One that is still starting ends by the signal itself.
    return ends.every(([code, signal]) => code === 0 || signal === 'SIGTERM' || signal === 'SIGINT')
  }
}
