import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { createChallenge, type ChallengeOptions } from '../auth/challenge.ts'
import { ANSWERS } from '../auth/reasons.ts'
import { Refusal } from '../auth/refusal.ts'
import { JSON_TYPE } from '../http/media-types.ts'
import { leaveUnread } from '../http/unread-body.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The reason of a refused request, for its log line. */
    refusal: Refusal | null
  }
}

/**
 * Turns errors into answers, and is the only place that writes `WWW-Authenticate`. A refusal is answered by its class,
 * in the terms of OAuth; another fault of the request by its status alone. The text of an error never gets out.
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
    if (status === 503 || status === 429) reply.header('retry-after', String(retryAfter))
    return leaveUnread(request, reply).code(status).type(JSON_TYPE).send(BODIES.get(answer))
  }
}, {
  name: 'errors',
  fastify: '5.x'
})

// Made once, so that a refusal does not cost more than an answer.
const BODIES = new Map(Object.values(ANSWERS).map(answer => [answer, JSON.stringify(body(answer.error, answer.description))]))

/** An error as OAuth writes it (RFC 6750 §3, RFC 6749 §5.2). */
function body (error: string | undefined, description: string): object {
  return { error, error_description: description }
}
