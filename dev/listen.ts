import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server that listens on loopback. */
export interface Listening {
  /** With its trailing slash. */
  readonly url: string
  /** Ends the open connections too. */
  close (): Promise<void>
}

/**
 * Lets a server listen on loopback only.
 * @param port 0: any free one
 * @throws Error with the code of the system, such as EADDRINUSE
 */
export async function listenOnLoopback (server: Server, port: number): Promise<Listening> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    async close () {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    }
  }
}
