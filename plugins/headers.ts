import fp from 'fastify-plugin'

/** What every answer carries: nothing is to be stored, and nothing is to be guessed (RFC 9700 §4.3). */
export const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff'
} as const

export default fp(async function headers (app) {
  app.addHook('onRequest', function addHeaders (_request, reply, done) {
    reply.headers(HEADERS)
    done()
  })
}, {
  name: 'headers',
  fastify: '5.x'
})
