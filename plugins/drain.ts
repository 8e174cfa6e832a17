import type { Server } from 'node:http'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether the server is closing: it still answers, and should be sent nothing new. */
    isDraining (): boolean
  }
}

export interface DrainOptions {
  /** How long what is in flight may take once the server is closing, in milliseconds. */
  readonly grace: number
}

/**
 * Lets a closing server finish what is in flight, and no longer than that: connections that never spoke, or only
 * half, would otherwise hold it open, and so would an answer that never comes.
 */
export default fp<DrainOptions>(async function drain (app, { grace }) {
  let inFlight = 0
  let draining = false
  let onIdle = (): void => {}

  app.decorate('isDraining', () => draining)

  app.addHook('onRequest', function count (_request, reply, done) {
    inFlight++
    // Whoever keeps a connection is to take the next request elsewhere.
    if (draining) reply.header('connection', 'close')
    reply.raw.on('close', finished)
    done()
  })

  app.addHook('preClose', async function waitForAnswers () {
    draining = true
    const server = app.server as Server
    // No new connections from here on, or those in flight would never come to an end.
    server.close()
    if (inFlight > 0) await idleOrLate()
    server.closeAllConnections()
  })

  function finished (): void {
    if (--inFlight === 0) onIdle()
  }

  function idleOrLate (): Promise<void> {
    return new Promise(resolve => {
      const late = setTimeout(resolve, grace)
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
