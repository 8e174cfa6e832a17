import { Server } from 'node:net'

/** Milliseconds. A turn of the event loop that is shorter handled no event. */
const QUIET_MS = 0.02
const GIVE_UP_MS = 500

/**
 * Closes the listener of a server, and leaves its open connections alone. The kernel resets the connections that wait to
 * be accepted when a listener closes, and their requests are lost. So this waits for a turn of the event loop without an
 * event, and closes microseconds after it. A server that is never idle closes after 500 ms.
 */
export function stopAccepting (server: Server): Promise<void> {
  return new Promise(resolve => {
    const end = performance.now() + GIVE_UP_MS
    let accepted = true
    const note = (): void => { accepted = true }
    server.on('connection', note)
    turn(performance.now())

    function turn (start: number): void {
      setImmediate(() => {
        const now = performance.now()
        if ((accepted || now - start > QUIET_MS) && now < end) {
          accepted = false
          return turn(now)
        }
        // Not the method of http.Server: that one also ends kept connections, on which a proxy may be sending.
        Server.prototype.close.call(server)
        server.removeListener('connection', note)
        resolve()
      })
    }
  })
}
