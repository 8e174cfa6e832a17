import type { FastifyReply, FastifyRequest } from 'fastify'
import { leaveUnread } from './unread-body.ts'

/** The code of the error for a compressed body. */
export const ENCODED_BODY = 'MCP_ERR_ENCODED_BODY'

/** A hook that refuses a compressed body with 415 before it is read (RFC 9110 §15.5.16). */
export function refuseEncodedBody (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || /^\s*(?:identity\s*)?$/i.test(encoding)) return done()
  leaveUnread(request, reply).header('accept-encoding', 'identity')
  done(Object.assign(new Error('encoded body'), { statusCode: 415, code: ENCODED_BODY }))
}
