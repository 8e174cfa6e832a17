import fp from 'fastify-plugin'
import { leaveUnread } from './unread.ts'

const BODY = { error: 'not_found', error_description: 'There is nothing at this address' }

/** Answers what has no route, in a hook: Fastify would parse the body first, whoever sent it and however long. */
export default fp(async function notFound (app) {
  app.addHook('onRequest', function answerNotFound (request, reply, done) {
    if (!request.is404) return done()
    leaveUnread(request, reply).code(404).send(BODY)
  })
}, {
  name: 'not-found',
  fastify: '5.x',
  dependencies: ['cors']
})
