import cluster, { type Worker } from 'node:cluster'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { HandOut } from './hand-out.ts'
import type { StopTimes } from './shutdown.ts'

/** How the workers run, and how they stop. */
export interface WorkerOptions {
  /** The connections that the workers serve. */
  readonly connections: HandOut
  /** STATE_SECRET of all workers, since each must open what another one sealed. Default: a random one. */
  readonly stateSecret: string | undefined
  /** The times in which a worker stops. */
  readonly shutdown: StopTimes
  /** Takes a message for the operator. */
  tell (message: string): void
  /** Called when no worker runs and none can be started, after the message that says why. */
  fail (): void
}

// Milliseconds. The wait before a restart doubles with each start that fails.
const RESTART_MS = 500
const RESTART_AT_MOST_MS = 30_000
/** Starts that may fail one after the other while no worker runs. */
const FAILED_STARTS = 4
// Seconds that a worker may take beyond its delay and its grace: fewer than shutdown.ts gives this process.
const MARGIN = 2

/**
 * Runs this program in `count` worker processes that serve the connections of one port. The server keeps no state
 * between requests, so any worker can serve any of them. Each worker has its own keys and its own token cache. A worker
 * that dies is replaced.
 *
 * @returns a function that ends all workers, and resolves to whether all ended in good order
 */
export function startWorkers (count: number, { connections, stateSecret, shutdown, tell, fail }: WorkerOptions): () => Promise<boolean> {
  const stopWithin = shutdown.delay + shutdown.grace + MARGIN
  const env = { STATE_SECRET: stateSecret ?? randomBytes(32).toString('base64url') }
  const workers = new Set<Worker>()
  let hasServed = false
  let failedStarts = 0
  let restart: NodeJS.Timeout | undefined
  let stopping = false

  // A worker that hangs would otherwise outlive this process.
  process.once('exit', () => workers.forEach(worker => worker.process.kill('SIGKILL')))
  startMissing()
  return stop

  function startMissing (): void {
    restart = undefined
    const missing = count - workers.size
    // One worker starts first: a fault that stops it would stop all of them.
    const atOnce = workers.size > 0 && failedStarts === 0 ? missing : Math.min(missing, 1)
    for (let i = 0; i < atOnce; i++) startOne()
  }

  function startOne (): void {
    const worker = cluster.fork(env)
    const { pid = 'without a process' } = worker.process
    let wasReady = false
    workers.add(worker)
    connections.add(worker, () => {
      if (wasReady) return
      wasReady = hasServed = true
      failedStarts = 0
      if (!stopping && restart === undefined) startMissing()
    })
    worker.once('exit', (code, signal) => replace(signal ?? code))
    // A failed spawn emits 'error' but never 'exit'.
    worker.on('error', ({ message }) => { if (worker.process.pid === undefined) replace(message) })

    function replace (cause: string | number): void {
      workers.delete(worker)
      if (stopping) return
      if (!wasReady) failedStarts++
      if (!hasServed) {
        // Exit code 1: the worker already logged the reason.
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
      tell(`worker ${worker.pid} did not end within ${stopWithin} s and is killed`)
      worker.kill('SIGKILL')
    }), stopWithin * 1000).unref()

    const ending = Promise.all([...workers].map(worker => {
      const ended = once(worker, 'exit')
      worker.process.kill('SIGTERM')
      return ended
    }))
    await connections.stop(shutdown.delay * 1000)
    const ends = await ending
    // A worker that is still starting has no handler yet, so the signal itself ends it.
    return ends.every(([code, signal]) => code === 0 || signal === 'SIGTERM' || signal === 'SIGINT')
  }
}
