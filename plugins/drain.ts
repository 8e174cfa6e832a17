import type { Server } from 'node:http'
import fp from 'fastify-plugin'

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
  let onIdle = (): void => {}

  app.addHook('onRequest', function count (_request, reply, done) {
    inFlight++
    reply.raw.once('close', finished)
    done()
  })

  app.addHook('preClose', async function waitForAnswers () {
    if (inFlight > 0) await idleOrLate()
    const server = app.server as Server
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
