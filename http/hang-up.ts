import type { HttpSocket } from './raw-answer.ts'

/** The return value that makes Node's parser read no further (llhttp, `on_headers_complete`). */
const STOP_PARSING = 2

/**
 * Ends a connection at once. Node would still parse the requests of the last chunk that it read, which may be more than
 * a thousand, and keep each of them until the socket is closed.
 */
export function hangUp (socket: HttpSocket): void {
  // With an error, since Node would otherwise report a waiting answer as finished.
  socket.destroy(new Error('ended by the server'))
  if (socket.parser != null) socket.parser.onIncoming = () => STOP_PARSING
}
