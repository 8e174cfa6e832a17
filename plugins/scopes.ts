import type { preHandlerHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { Refusal } from '../auth/refusal.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** A hook that lets a request through only if its caller holds every scope that `needs` names. */
    requireScopes (needs: (request: FastifyRequest) => readonly string[]): preHandlerHookHandler
  }
}

export default fp(async function scopes (app) {
  app.decorate('requireScopes', needs => function checkScopes (request, _reply, done) {
    const needed = needs(request)
    const { granted } = request.user
    if (needed.every(scope => granted.includes(scope))) return done()

    // All that the operation needs, not only what is missing: clients replace their token's scopes with it.
    const held = needed.filter(scope => granted.includes(scope))
    done(new Refusal('insufficient_scope', { scope: needed.join(' '), expected: needed, found: held }))
  })
}, {
  name: 'scopes',
  fastify: '5.x',
  dependencies: ['auth']
})
