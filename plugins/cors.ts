import fp from 'fastify-plugin'
import { leaveUnread } from './unread.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Answers a preflight: what the page asked for is allowed. */
    preflight (request: FastifyRequest, reply: FastifyReply): void
  }
}

const EXPOSED = 'WWW-Authenticate, Retry-After, X-Request-Id'
const METHODS = 'GET, HEAD, POST, OPTIONS'
const MAX_AGE = '600'

/**
 * Lets pages read our answers, refusals included (Fetch, "CORS protocol"). Which pages may is for the guard, which runs
 * first; a public route is for all. Written here and not taken from @fastify/cors, since that works as much for the
 * requests that name no origin, which are nearly all: 7 % of what a call cost.
 */
export default fp(async function cors (app) {
  app.addHook('onRequest', function allowOrigin ({ headers: { origin }, routeOptions: { config } }, reply, done) {
    if (config.public) reply.header('access-control-allow-origin', '*')
    else if (origin !== undefined) reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', EXPOSED)
    done()
  })

  app.decorate('preflight', function preflight (request, reply) {
    const asked = request.headers['access-control-request-headers']
    if (asked !== undefined) reply.header('access-control-allow-headers', asked)
    leaveUnread(request, reply).headers({
      'access-control-allow-methods': METHODS,
      'access-control-max-age': MAX_AGE,
      vary: 'Origin, Access-Control-Request-Headers'
    }).code(204).send()
  })
}, {
  name: 'cors',
  fastify: '5.x',
  dependencies: ['guard']
})
