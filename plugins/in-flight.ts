import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { stopAccepting } from '../http/stop-accepting.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the server is closing: it still answers, but new requests should go elsewhere. */
    isDraining (): boolean
    /** The requests and streams that are open now. */
    readonly load: Load
  }
}

/** The work of the server now. */
export interface Load {
  /** Requests that have begun and not ended. */
  requests: number
  /** Event streams that are open. */
  streams: number
}

/** How the server closes. */
export interface InFlightOptions {
  /** Milliseconds in which a closing server still accepts connections. Load balancers notice late that it is not ready. */
  readonly delay: number
  /** Milliseconds that requests in flight may take after that. */
  readonly grace: number
  /** Stops new connections, and resolves when the last one has arrived. Default: closes the listener. */
  readonly endIntake?: (() => Promise<void>) | undefined
}

/** Milliseconds that an open connection without a request is kept. At most the delay. */
const LINGER_MS = 1000
/** Milliseconds for the connections that were cut off to report their end. */
const CUT_OFF_MS = 100

/**
 * Counts requests in flight, and lets a closing server finish them. For `delay` the server still accepts requests, and
 * Fastify ends each connection with its answer: a proxy that keeps connections open could otherwise lose the request
 * that it sends while one is closed. A connection without a request, which a proxy may have opened just now, is kept a
 * little longer. After `grace` all connections are closed: a half-sent request or an answer that never comes would hold
 * the server open.
 */
export default fp<InFlightOptions>(async function inFlight (app, { delay, grace, endIntake }) {
  const { server } = app
  const load: Load = { requests: 0, streams: 0 }
  let connections = 0
  let draining = false
  let onEnd = (): void => {}

  app.decorate('isDraining', () => draining)
  app.decorate('load', load)

  server.on('connection', function countConnection (socket: Socket) {
    connections++
    socket.once('close', () => {
      connections--
      onEnd()
    })
  })

  app.observe({
    began () { load.requests++ },
    ended () {
      load.requests--
      onEnd()
    }
  })

  app.addHook('preClose', async function waitForAnswers () {
    draining = true
    if (delay > 0) await sleep(delay)
    await (endIntake ?? (() => stopAccepting(server)))()

    const lingerEnd = Date.now() + Math.min(delay, LINGER_MS)
    await within(grace, () => load.requests === 0 && (connections === 0 || Date.now() >= lingerEnd), lingerEnd)
    server.closeAllConnections()
    // The requests that were cut off get their log lines before the process ends.
    await within(CUT_OFF_MS, () => load.requests === 0)
  })

  /** Waits until a condition holds, at most `ms`. Checks it when a request or connection ends, and at the time `again`. */
  async function within (ms: number, holds: () => boolean, again = 0): Promise<void> {
    if (holds()) return
    await new Promise<void>(resolve => {
      const timers = [setTimeout(end, ms), setTimeout(check, again - Date.now())]
      onEnd = check

      function check (): void { if (holds()) end() }
      function end (): void {
        timers.forEach(clearTimeout)
        onEnd = () => {}
        resolve()
      }
    })
  }
}, {
  name: 'in-flight',
  fastify: '5.x',
  // The log line of the last request is written before the server counts as idle.
  dependencies: ['request-end']
})
