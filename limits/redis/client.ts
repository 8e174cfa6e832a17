import { createClient } from '@redis/client'

/** A client of @redis/client. */
export type Client = ReturnType<typeof makeClient>

/** A client that neither queues commands nor connects again: connection.ts decides when to connect. */
export function makeClient (url: string, connectMs: number) {
  return createClient({
    url,
    RESP: 2,
    disableClientInfo: true,
    // A command must not wait for a connection.
    disableOfflineQueue: true,
    // Longer than the limit in connection.ts, which also covers the first answer and has the better message.
    socket: { connectTimeout: 2 * connectMs, reconnectStrategy: false }
  })
}
