import type { FastifyReply, FastifyRequest } from 'fastify'

/** Bytes. A shorter body is not worth a new connection. */
const LONG = 64 * 1024

/**
 * For an answer that is sent before the body is read. Closes the connection after it if a long body is still to come:
 * Node would read and discard all of it before the next request.
 */
export function leaveUnread ({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isLong = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > LONG
  return isLong ? reply.header('connection', 'close') : reply
}
