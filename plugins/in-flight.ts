import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import fp from 'fastify-plugin'
import { onClosed } from '../http/closed.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the server is closing: it still answers, but new requests should go elsewhere. */
    isDraining (): boolean
  }
}

export interface InFlightOptions {
  /** Milliseconds in which a closing server still accepts connections. Load balancers notice late that it is not ready. */
  readonly delay: number
  /** Milliseconds that requests in flight may take after that. */
  readonly grace: number
}

/** Milliseconds in which the connections that were cut off report their end. */
const CUT_OFF_MS = 100

/**
 * Counts requests in flight, and lets a closing server finish them. For `delay` the server still accepts requests, and
 * Fastify ends each connection with its answer: a proxy that keeps connections open could otherwise lose the request
 * that it sends while one is closed. After `grace` all connections are closed: an idle one, a half-sent request or an answer that
 * never comes would hold the server open.
 */
export default fp<InFlightOptions>(async function inFlight (app, { delay, grace }) {
  let count = 0
  let draining = false
  let onIdle = (): void => {}

  app.decorate('isDraining', () => draining)

  app.addHook('onRequest', function countRequest (_request, reply, done) {
    count++
    onClosed(reply.raw, () => {
      if (--count === 0) onIdle()
    })
    done()
  })

  app.addHook('preClose', async function waitForAnswers () {
    draining = true
    if (delay > 0) await sleep(delay)
    const server = app.server as Server
    // Without new connections, the requests in flight come to an end.
    server.close()
    await idleWithin(grace)
    server.closeAllConnections()
    // The requests that were cut off get their log lines before the process ends.
    await idleWithin(CUT_OFF_MS)
  })

  async function idleWithin (ms: number): Promise<void> {
    if (count === 0) return
    await new Promise<void>(resolve => {
      const late = setTimeout(resolve, ms)
      onIdle = () => {
        clearTimeout(late)
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
