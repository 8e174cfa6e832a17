import type { Worker } from 'node:cluster'
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Messages of a worker to the primary: it is ready for the next connection, the sent one did not arrive, or it wants no more. */
export const [FREE, LOST, LEAVING] = ['free', 'lost', 'leaving']
/** Messages of the primary to a worker: a connection, a connection was sent before this, or the last one was sent. */
export const [CONNECTION, SENT, LAST] = ['connection', 'sent', 'last']
/** Milliseconds in which a worker without a free file descriptor asks for no connection. */
const NO_FILES_MS = 100

/** The connections that a worker gets from the primary, see `hand-out.ts`. */
export interface Intake {
  /** Serves the connections with this server from now on. */
  begin (server: Server): void
  /** Asks for no more connections. Resolves when the last one is here. */
  end (): Promise<void>
}

/** Takes the connections that the primary hands to this worker. */
export function createIntake (worker: Worker): Intake {
  return {
    begin (server) {
      // With this event Node starts to watch the time limits of headers and requests.
      server.emit('listening')
      let hasArrived = false
      worker.on('message', (message: unknown, socket?: Socket) => {
        if (message === SENT) {
          if (!hasArrived) reportLost()
          hasArrived = false
        }
        if (message !== CONNECTION) return
        hasArrived = true
        worker.send(FREE)
        // A connection may break on its way.
        if (socket === undefined) return
        // As in a server that listens: a client that has sent its request may close its side.
        socket.allowHalfOpen = true
        server.emit('connection', socket)
      })
      worker.send(FREE)

      // If this process has no free file descriptor, the system drops the connection and Node drops its message: only SENT
      // arrives.
      function reportLost (): void {
        worker.send(LOST)
        setTimeout(() => worker.send(FREE), NO_FILES_MS).unref()
      }
    },

    end () {
      return new Promise(resolve => {
        worker.on('message', message => { if (message === LAST) resolve() })
        worker.once('disconnect', resolve)
        worker.send(LEAVING)
      })
    }
  }
}
