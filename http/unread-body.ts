import type { FastifyReply, FastifyRequest } from 'fastify'

/** Bytes. */
const LONG = 64 * 1024

/**
 * For an answer that goes out ahead of the body. Closes the connection after it if a long body is still to come: Node
 * would read all of it, only to throw it away, before the next request.
 */
export function leaveUnread ({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isLong = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > LONG
  return isLong ? reply.header('connection', 'close') : reply
}
