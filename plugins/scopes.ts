import type { preHandlerHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { forLog, Refusal } from '../auth/refusal.ts'
import { has, hasAll, type Need } from '../mcp/declaration/scopes.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** A hook that lets a request through only if its caller holds every scope that `needs` names, or a wider one. */
    requireScopes (needs: (request: FastifyRequest) => readonly Need[]): preHandlerHookHandler
  }
}

/** Refuses a request whose caller lacks a scope that it needs (RFC 6750 §3.1, `insufficient_scope`). */
export default fp(async function scopes (app) {
  app.decorate('requireScopes', needs => function checkScopes (request, _reply, done) {
    const needed = needs(request)
    const { granted, scopes, permissions } = request.user
    if (hasAll(needed, granted)) return done()

    const isUncounted = needed.some(need => !has(need, granted) && (has(need, scopes) || has(need, permissions)))
    // All that the operation needs, not only the missing ones: clients replace their token's scopes with it.
    const expected = [...new Set(needed.map(({ scope }) => scope))]
    done(new Refusal('insufficient_scope', {
      scope: expected.join(' '),
      expected,
      found: { scope: forLog(scopes, MAX_LOGGED), permissions: forLog(permissions, MAX_LOGGED) },
      ...(isUncounted && { hint: UNCOUNTED })
    }))
  })
}, {
  name: 'scopes',
  fastify: '5.x',
  dependencies: ['auth']
})

/** Most scopes of a token in a log line. */
const MAX_LOGGED = 32
const UNCOUNTED = 'The token has the permission in a claim that SCOPE_CLAIMS does not count: change SCOPE_CLAIMS, or grant it in the other claim too'
