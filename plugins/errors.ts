import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { createChallenge, type ChallengeOptions } from '../auth/challenge.ts'
import { ANSWERS } from '../auth/reasons.ts'
import { Refusal } from '../auth/refusal.ts'
import { HEADERS } from './headers.ts'
import { leaveUnread } from './unread.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Why this request was turned away; for its log line. */
    refusal: Refusal | null
  }
}

/**
 * Turns errors into answers, and is the only writer of `WWW-Authenticate`. A refusal tells the caller its class, in
 * the words of OAuth; what else goes wrong with a request is told by its status. Nothing of ours is told.
 */
export default fp<ChallengeOptions>(async function errors (app, options) {
  const challenge = createChallenge(options)
  app.decorateRequest('refusal', null)

  app.setErrorHandler(function onError (error: FastifyError | Refusal, request, reply) {
    if (error instanceof Refusal) return refuse(error, request, reply)

    const { statusCode: status = 500 } = error
    reply.header('x-request-id', request.id)
    if (status < 500) return reply.code(status).send(body('invalid_request', STATUS_CODES[status] ?? 'Bad Request'))
    request.log.error({ err: error }, 'unexpected error')
    return reply.code(500).send(body('server_error', 'Something went wrong here'))
  })

  function refuse (refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { answer, detail: { retryAfter = 1 } } = refusal
    const { status } = answer
    const header = challenge(refusal)
    request.refusal = refusal
    reply.header('x-request-id', request.id)
    if (header !== undefined) reply.header('www-authenticate', header)
    if (status === 503) reply.header('retry-after', String(retryAfter))
    return leaveUnread(request, reply).code(status).type(JSON_TYPE).send(BODIES.get(answer))
  }
}, {
  name: 'errors',
  fastify: '5.x'
})

/** Answers what has no route because its target is not a URL. No hook has run by then, and no line would be logged. */
export function answerBadTarget (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  request.log.info({ method: request.method, status: 400, reason: 'bad_target' }, 'refused')
  leaveUnread(request, reply).headers(HEADERS).code(400).send(body('invalid_request', 'Bad Request'))
}

const JSON_TYPE = 'application/json; charset=utf-8'
// Written once, since refusing must not cost more than answering.
const BODIES = new Map(Object.values(ANSWERS).map(answer => [answer, JSON.stringify(body(answer.error, answer.description))]))

/** An error as OAuth writes it (RFC 6750 §3, RFC 6749 §5.2). */
function body (error: string | undefined, description: string): object {
  return { error, error_description: description }
}
