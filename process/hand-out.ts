import type { Worker } from 'node:cluster'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { mostConnections } from '../http/most-connections.ts'
import { stopAccepting } from '../http/stop-accepting.ts'
import { CONNECTION, FREE, LAST, LEAVING, LOST, SENT } from './intake.ts'

/** Milliseconds that a worker has at the end to take its connection. Without a bound, one that hangs would keep the others waiting. */
const TAKE_MS = 500

/** The connections of a port, for the workers that serve them. */
export interface HandOut {
  /** Gives connections to this worker whenever it asks for one. `ready` is called when it asks for the first time. */
  add (worker: Worker, ready: () => void): void
  /** Closes the port after a delay in milliseconds. The workers go on until they have every connection that waits. */
  stop (delay: number): Promise<void>
}

/**
 * Listens on a port, and hands each connection to the worker that has been free for the longest time. A worker that
 * hangs asks for no more. The `cluster` module does the same, but when its workers stop, it closes connections that it
 * accepted and has not handed over.
 *
 * @param host one address, or a name of which the first address counts; `loadConfig` turns localhost into 127.0.0.1
 * @param most connections that wait for a worker. A further one takes the place of the oldest
 * @throws Error with the code of the system, such as EADDRINUSE
 */
export async function handOut (host: string, port: number, most = mostConnections()): Promise<HandOut> {
  const waiting: Socket[] = []
  const free = new Set<Worker>()
  const leaving = new Set<Worker>()
  const dismissed = new WeakSet<Worker>()
  /** The connection that a worker has been sent and has not taken yet. */
  const onTheWay = new Map<Worker, Socket>()
  let stopping = false
  let closed = false

  const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, socket => {
    if (waiting.length >= most) waiting.shift()?.destroy()
    waiting.push(socket)
    give()
  }).listen(port, host)
  await once(server, 'listening')

  return {
    add (worker, ready) {
      worker.on('message', message => {
        // Other parts of a worker send messages to the primary too.
        if (message !== FREE && message !== LEAVING && message !== LOST) return
        if (message === LOST) takeBack(worker)
        if (message === FREE) {
          // The worker has its own handle of the connection now.
          onTheWay.get(worker)?.destroy()
          onTheWay.delete(worker)
        }
        // A worker may take a connection after it was dismissed; it gets no other one.
        if (message === FREE && !dismissed.has(worker)) free.add(worker)
        if (message === LEAVING) leaving.add(worker)
        if (message === FREE) ready()
        give()
      })
      worker.once('exit', () => {
        free.delete(worker)
        leaving.delete(worker)
        takeBack(worker)
        give()
      })
    },

    async stop (delay) {
      stopping = true
      await sleep(delay)
      await stopAccepting(server)
      // A worker that dies now gives its connection back, and then the others are needed.
      for (const end = performance.now() + TAKE_MS; onTheWay.size > 0 && performance.now() < end;) await sleep(5)
      closed = true
      give()
    }
  }

  function give (): void {
    for (const worker of free) {
      const socket = waiting.shift()
      if (socket === undefined) break
      free.delete(worker)
      onTheWay.set(worker, socket)
      // The socket stays open in this process too. A failure to send needs no handling, since 'exit' follows it.
      worker.send(CONNECTION, socket, { keepOpen: true }, () => {})
      worker.send(SENT, undefined, () => {})
    }
    // If all workers leave, they have to stay until every connection is handed out.
    if (!stopping || (closed && waiting.length === 0)) leaving.forEach(dismiss)
  }

  /** The worker read nothing of the connection that was on its way, so another one can take it. */
  function takeBack (worker: Worker): void {
    const socket = onTheWay.get(worker)
    onTheWay.delete(worker)
    if (socket !== undefined) waiting.unshift(socket)
  }

  function dismiss (worker: Worker): void {
    free.delete(worker)
    leaving.delete(worker)
    dismissed.add(worker)
    worker.send(LAST)
  }
}
