import type { FastifyReply, FastifyRequest } from 'fastify'
import { forLog, Refusal } from '../auth/refusal.ts'
import { leaveUnread } from './unread-body.ts'

/** The code of the error for a compressed body. */
export const ENCODED_BODY = 'MCP_ERR_ENCODED_BODY'

// Node reads the chunks whatever else the header names.
const CHUNKED = /^chunked$/i

/**
 * A hook that refuses a compressed body before it is read: with 415 if Content-Encoding says so (RFC 9110 §15.5.16),
 * with 400 if Transfer-Encoding does. RFC 9112 §6.1 suggests 501, but a 5xx would wake the operator for a caller's fault,
 * and Node answers 400 to a coding that stands alone.
 */
export function refuseEncodedBody (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  const { 'content-encoding': encoding, 'transfer-encoding': transfer } = request.headers
  if (transfer !== undefined) {
    if (!CHUNKED.test(transfer)) return done(new Refusal('transfer_coding', { found: forLog(transfer) }))
    // A proxy that speaks HTTP/1.0 may see the end of the body elsewhere (RFC 9112 §6.1).
    if (request.raw.httpVersion === '1.0') reply.header('connection', 'close')
  }
  if (encoding === undefined || /^\s*(?:identity\s*)?$/i.test(encoding)) return done()
  leaveUnread(request, reply).header('accept-encoding', 'identity')
  done(Object.assign(new Error('encoded body'), { statusCode: 415, code: ENCODED_BODY }))
}
