import fp from 'fastify-plugin'
import { Refusal } from '../auth/refusal.ts'

/** The most headers of a request. One more is refused. */
export const MAX_HEADERS = 256

/**
 * Bounds the number of headers, since Node keeps them while a request is arriving, and short ones take several times
 * their length. Node drops those above its own bound, and one of them may be a repeated one, so the request is refused.
 */
export default fp(async function headerCount (app) {
  app.server.maxHeadersCount = MAX_HEADERS + 1

  app.addHook('onRequest', function refuseTooMany ({ raw }, reply, done) {
    if (raw.rawHeaders.length <= 2 * MAX_HEADERS) return done()
    reply.header('connection', 'close')
    done(new Refusal('too_many_headers'))
  })
}, {
  name: 'header-count',
  fastify: '5.x',
  dependencies: ['errors']
})
