import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { COMMON_HEADERS } from './common-headers.ts'
import { leaveUnread } from './unread-body.ts'

/**
 * Answers a request whose target is not a URL with 400, and writes its log line, since no hook runs for it.
 * For Fastify's `frameworkErrors`.
 */
export function answerBadTarget (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  if (!request.server.isAnswerable(request.raw, reply.raw)) return
  request.log.info({ address: request.ip, method: request.method, status: 400, outcome: 'denied', reason: 'bad_target' }, 'refused')
  leaveUnread(request, reply).headers({ ...COMMON_HEADERS, 'x-request-id': request.id }).code(400).send({ error: 'invalid_request', error_description: 'Bad Request' })
}
