import { createClient } from '@redis/client'

export type Client = ReturnType<typeof makeClient>

/** A client that neither queues commands nor connects again by itself. `connection.ts` does that. */
export function makeClient (url: string, connectMs: number) {
  return createClient({
    url,
    RESP: 2,
    disableClientInfo: true,
    // A command must not wait for a connection. connection.ts connects again by itself.
    disableOfflineQueue: true,
    // `connect` has the limit in time: it holds for the first answer, too, and says what is wrong.
    socket: { connectTimeout: 2 * connectMs, reconnectStrategy: false }
  })
}
