import type { Server } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { onClosed } from './closed.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the server is closing: it still answers, and should be sent nothing new. */
    isDraining (): boolean
  }
}

export interface DrainOptions {
  /** How long what is in flight may take once the server is closing, in milliseconds. */
  readonly grace: number
  /** Told of each request when it is over, whether its client got the answer or not. */
  readonly onEnd: (request: FastifyRequest, reply: FastifyReply) => void
}

const CUT_OFF_MS = 100

/**
 * Lets a closing server finish what is in flight, and no longer than that: connections that never spoke, or only
 * half, would otherwise hold it open, and so would an answer that never comes.
 */
export default fp<DrainOptions>(async function drain (app, { grace, onEnd }) {
  let inFlight = 0
  let draining = false
  let onIdle = (): void => {}

  app.decorate('isDraining', () => draining)

  app.addHook('onRequest', function count (request, reply, done) {
    inFlight++
    // Whoever keeps a connection is to take the next request elsewhere.
    if (draining) reply.header('connection', 'close')
    onClosed(reply.raw, () => {
      onEnd(request, reply)
      if (--inFlight === 0) onIdle()
    })
    done()
  })

  app.addHook('preClose', async function waitForAnswers () {
    draining = true
    const server = app.server as Server
    // No new connections from here on, or those in flight would never come to an end.
    server.close()
    await idleWithin(grace)
    server.closeAllConnections()
    // Who was cut off is told of before the process ends.
    await idleWithin(CUT_OFF_MS)
  })

  async function idleWithin (ms: number): Promise<void> {
    if (inFlight === 0) return
    await new Promise<void>(resolve => {
      const late = setTimeout(resolve, ms)
      onIdle = () => {
        clearTimeout(late)
        resolve()
      }
    })
  }
}, {
  name: 'drain',
  fastify: '5.x'
})
