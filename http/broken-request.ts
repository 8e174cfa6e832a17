import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { answerRaw, type HttpSocket } from './raw-answer.ts'

/** What an operator should know about a broken request. */
export interface BrokenRequest {
  readonly status: number
  readonly reason: 'broken_request'
  /** Node's error code. */
  readonly found: string
  readonly hint: string | undefined
}

const STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout'
}

const HINT: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers are longer than Node takes; raise the limit with NODE_OPTIONS=--max-http-header-size=<bytes>'
}

const broken = new WeakMap<IncomingMessage, BrokenRequest>()

/**
 * Answers what Node cannot read as HTTP, and closes the connection. The log line has Node's error code and none of the
 * bytes, which may hold a token. For Fastify's `clientErrorHandler`.
 */
export function answerBrokenRequest (this: { readonly log: FastifyBaseLogger }, { code = '' }: Error & { code?: string }, socket: HttpSocket): void {
  if (!socket.writable) return
  const text = STATUS[code] ?? '400 Bad Request'
  const status = Number.parseInt(text, 10)
  const fault: BrokenRequest = { status, reason: 'broken_request', found: code, hint: HINT[code] }
  const request = socket.parser?.incoming
  // A request whose body breaks off has a line of its own when it ends.
  if (request != null && !request.complete) broken.set(request, fault)
  else this.log.info({ address: socket.remoteAddress, outcome: 'denied', ...fault }, 'refused')
  answerRaw(socket, text)
}

/** Why Node could not read the body of this request to its end, if it could not. */
export function faultOf (request: IncomingMessage): BrokenRequest | undefined {
  return broken.get(request)
}
