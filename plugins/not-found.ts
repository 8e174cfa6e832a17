import fp from 'fastify-plugin'
import { leaveUnread } from '../http/unread-body.ts'

const BODY = { error: 'not_found', error_description: 'There is nothing at this address' }

/** Answers 404 in a hook, since Fastify's not-found handler runs after the body was read and parsed. */
export default fp(async function notFound (app) {
  app.addHook('onRequest', function answerNotFound (request, reply, done) {
    if (!request.is404) return done()
    leaveUnread(request, reply).code(404).send(BODY)
  })
}, {
  name: 'not-found',
  fastify: '5.x',
  dependencies: ['origin']
})
