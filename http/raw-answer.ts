import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { COMMON_HEADERS } from './common-headers.ts'

/** Milliseconds in which a client can read the answer and close the connection itself. */
const LINGER_MS = 1000

/**
 * Writes a whole answer to a connection that has no response object, and closes the connection. If another answer is
 * due, has begun or is out, it only closes: the client would take the bytes for a part of that answer.
 *
 * @param status code and reason phrase, such as `400 Bad Request`
 */
export function answerRaw (socket: Socket, status: string, headers: Readonly<Record<string, string>> = {}): void {
  if (isAnswered(socket)) {
    socket.destroySoon()
    // A client that does not read its answer would hold the connection.
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
    return
  }
  if (answersAnother(socket)) {
    socket.destroy()
    return
  }
  const lines = Object.entries({ ...rawHeaders(status), ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${refusalBody(status)}`)
  // A client that never hangs up would hold the connection for ever.
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}

/** The headers of an answer that `answerRaw` writes. */
export function rawHeaders (status: string): Record<string, string> {
  return { date: new Date().toUTCString(), connection: 'close', ...COMMON_HEADERS, 'content-type': 'application/json', 'content-length': String(refusalBody(status).length) }
}

/** The body of an answer that `answerRaw` writes. It says nothing about the request. */
export function refusalBody (status: string): string {
  return JSON.stringify({ error: 'invalid_request', error_description: status.slice(4) })
}

/** A connection as Node's HTTP server keeps it. */
export interface HttpSocket extends Socket {
  /** The answer that is being written. */
  readonly _httpMessage?: ServerResponse | null
  readonly parser?: {
    readonly incoming: IncomingMessage | null
    /** Called with the headers of each request. Its result tells the parser whether to go on. */
    onIncoming: (...args: never) => number
  } | null
}

/** Whether the request that is being read has its answer, or a part of it: it went out ahead of the body. */
export function isAnswered ({ _httpMessage: response, parser }: HttpSocket): boolean {
  if (response != null) return !response.req.complete && response.headersSent
  return parser?.incoming != null && !parser.incoming.complete
}

/** Whether an earlier request has no answer yet. */
function answersAnother ({ _httpMessage: response }: HttpSocket): boolean {
  return response != null && response.req.complete
}
