import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout'
}

// For a client to read the answer, and to hang up by itself.
const LINGER_MS = 1000

/**
 * Answers what Node could not read as HTTP, and hangs up. The line in the log has Node's code and none of the bytes,
 * which may hold a token. For Fastify's `clientErrorHandler`.
 */
export function answerBrokenRequest (this: { readonly log: FastifyBaseLogger }, { code = '' }: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return
  const status = STATUS[code] ?? '400 Bad Request'
  this.log.info({ status: Number.parseInt(status, 10), reason: 'broken_request', found: code }, 'refused')
  if (answersAnother(socket)) {
    socket.destroy()
    return
  }
  const body = JSON.stringify({ error: 'invalid_request', error_description: status.slice(4) })
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  // Or whoever never hangs up would hold the connection for ever.
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

// What is written now would be taken for the answer, or for a part of it, to the request before this one.
function answersAnother (socket: Socket & { _httpMessage?: ServerResponse | null }): boolean {
  const { _httpMessage: response } = socket
  return response != null && response.req.complete
}
