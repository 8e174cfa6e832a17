import fp from 'fastify-plugin'
import { COMMON_HEADERS } from '../http/common-headers.ts'

/** Adds the headers that every answer carries. */
export default fp(async function headers (app) {
  app.addHook('onRequest', function addHeaders (_request, reply, done) {
    reply.headers(COMMON_HEADERS)
    done()
  })
}, {
  name: 'headers',
  fastify: '5.x'
})
