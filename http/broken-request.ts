import type { FastifyBaseLogger } from 'fastify'
import { answerRaw, isAnswered, type HttpSocket } from './raw-answer.ts'

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout'
}

const HINT: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are longer than Node takes; raise the limit with NODE_OPTIONS=--max-http-header-size=<bytes>'
}

/**
 * Answers what Node cannot read as HTTP, and closes the connection. The log line has Node's error code and none of the
 * bytes, which may hold a token. For Fastify's `clientErrorHandler`.
 */
export function answerBrokenRequest (this: { readonly log: FastifyBaseLogger }, { code = '' }: Error & { code?: string }, socket: HttpSocket): void {
  if (!socket.writable) return
  const status = STATUS[code] ?? '400 Bad Request'
  // A request that has its answer already has a line of its own.
  if (!isAnswered(socket)) this.log.info({ address: socket.remoteAddress, status: Number.parseInt(status, 10), outcome: 'denied', reason: 'broken_request', found: code, hint: HINT[code] }, 'refused')
  answerRaw(socket, status)
}
