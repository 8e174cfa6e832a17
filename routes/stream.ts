import type { FastifyReply } from 'fastify'
import type { Reply } from '../mcp/protocol.ts'

/** How one answer goes out: as JSON, unless something was told ahead of it; then as a stream of events. */
export interface Stream {
  /** Sends a notification; the first one turns the answer into `text/event-stream`. */
  notify (notification: object): void
  /** Calls back if the client goes away before the answer is out. */
  onGone (gone: () => void): void
  /** Sends the answer, and with it ends the stream. */
  end (reply: Reply): unknown
}

const JSON_TYPE = 'application/json; charset=utf-8'
// Shorter than what proxies wait for on a silent connection.
const KEEP_ALIVE_MS = 15_000

export function createStream (reply: FastifyReply): Stream {
  const { raw } = reply
  let keepAlive: NodeJS.Timeout | undefined

  function open (): void {
    reply.hijack()
    raw.writeHead(200, {
      ...reply.getHeaders() as Record<string, string>,
      'content-type': 'text/event-stream',
      // Proxies would hold events back to fill a buffer (streamable-http, "Receiving Messages").
      'x-accel-buffering': 'no'
    })
    keepAlive = setInterval(() => raw.write(':\n\n'), KEEP_ALIVE_MS)
    raw.once('close', () => clearInterval(keepAlive))
  }

  function write (data: string): void {
    if (raw.writable) raw.write(`event: message\ndata: ${data}\n\n`)
  }

  return {
    notify (notification) {
      if (raw.destroyed || raw.writableEnded) return
      if (keepAlive === undefined) open()
      write(JSON.stringify(notification))
    },
    onGone (gone) {
      raw.once('close', () => { if (!raw.writableFinished) gone() })
    },
    end ({ status, body }) {
      if (keepAlive === undefined) {
        reply.code(status)
        return body === undefined ? reply.send() : reply.type(JSON_TYPE).send(body)
      }
      clearInterval(keepAlive)
      if (body !== undefined) write(body)
      raw.end()
    }
  }
}
