import fp from 'fastify-plugin'
import { hangUp } from '../http/hang-up.ts'
import type { HttpSocket } from '../http/raw-answer.ts'

/** The bound on connections. */
export interface ConnectionsOptions {
  /** Connections that this process has at the same time. */
  readonly most: number
}

/**
 * Bounds the connections, since each takes memory, and one client can open thousands. A new connection takes the place
 * of the oldest one that is idle or whose request is still arriving. If all requests are here and wait for their
 * answers, the new connection is ended.
 */
export default fp<ConnectionsOptions>(async function connections (app, { most }) {
  // The oldest first.
  const sockets = new Set<HttpSocket>()

  app.server.on('connection', function boundConnections (socket: HttpSocket) {
    if (!socket.destroyed && sockets.size >= most) end(oldestWaiting() ?? socket)
    if (socket.destroyed) return
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  /** The oldest connection that waits for its client. */
  function oldestWaiting (): HttpSocket | undefined {
    for (const socket of sockets) {
      const { _httpMessage: answer } = socket
      if (answer == null || !answer.req.complete) return socket
    }
    return undefined
  }

  function end (socket: HttpSocket): void {
    sockets.delete(socket)
    app.log.info({ reason: 'too_many_connections' }, 'connection ended')
    hangUp(socket)
  }
}, {
  name: 'connections',
  fastify: '5.x'
})
