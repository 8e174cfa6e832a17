import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { createChallenge, type ChallengeOptions } from '../auth/challenge.ts'
import { ANSWERS } from '../auth/reasons.ts'
import { Refusal } from '../auth/refusal.ts'
import { HEADERS } from './headers.ts'

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

  app.setNotFoundHandler(function onNotFound (_request, reply) {
    return reply.code(404).send(body('not_found', 'There is nothing at this address'))
  })

  function refuse (refusal: Refusal, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { answer, detail: { retryAfter = 1 } } = refusal
    const { status } = answer
    const header = challenge(refusal)
    request.refusal = refusal
    reply.header('x-request-id', request.id)
    if (header !== undefined) reply.header('www-authenticate', header)
    if (status === 503) reply.header('retry-after', String(retryAfter))
    // Else Node would read the whole body, only to throw it away, before the next request.
    if (isLong(request.headers)) reply.header('connection', 'close')
    return reply.code(status).type(JSON_TYPE).send(BODIES.get(answer))
  }
}, {
  name: 'errors',
  fastify: '5.x'
})

/** Answers what has no route because its target is not a URL; no hook has run by then. */
export function answerBadTarget (_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(HEADERS).code(400).send(body('invalid_request', 'Bad Request'))
}

const JSON_TYPE = 'application/json; charset=utf-8'
// Written once, since refusing must not cost more than answering.
const BODIES = new Map(Object.values(ANSWERS).map(answer => [answer, JSON.stringify(body(answer.error, answer.description))]))
const LONG = 64 * 1024

function isLong (headers: FastifyRequest['headers']): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > LONG
}

/** An error as OAuth writes it (RFC 6750 §3, RFC 6749 §5.2). */
function body (error: string | undefined, description: string): object {
  return { error, error_description: description }
}
