import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Refusal } from '../auth/refusal.ts'
import type { AllowList } from '../config.ts'
import { LOOPBACK_ORIGIN } from '../settings.ts'
import { isRepeated } from './repeated.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether anyone may ask, from anywhere: such a route is not guarded. */
    public?: boolean
  }
}

export interface GuardOptions {
  readonly hosts: AllowList
  readonly origins: AllowList
}

/**
 * Turns away what a browser was tricked into sending (DNS rebinding; streamable-http, "Security"): requests for a
 * host that is not ours, or from a page that is not allowed. Answers with 403 and no challenge, since logging in
 * would not help.
 */
export default fp<GuardOptions>(async function guard (app, { hosts, origins }) {
  const allowedHosts = new Set(hosts.exact)
  const allowedOrigins = new Set(origins.exact)

  app.addHook('onRequest', function checkRequest (request, reply, done) {
    if (request.routeOptions.config.public) return done()
    reply.header('vary', 'Origin')
    const { origin } = request.headers
    const host = hostOf(request)
    if (isRepeated(request, 'host') || isRepeated(request, 'content-type')) return done(new Refusal('repeated_header'))
    if (!isAllowedHost(host)) return done(new Refusal('host', { found: host?.slice(0, 256) }))
    if (origin !== undefined && !isAllowedOrigin(origin)) return done(new Refusal('origin', { found: origin.slice(0, 256) }))
    done()
  })

  // A target that names its host goes before the header (RFC 9112 §3.2.2).
  function hostOf ({ url, headers: { host } }: FastifyRequest): string | undefined {
    return !url.startsWith('/') && URL.canParse(url) ? new URL(url).host : host
  }

  function isAllowedHost (host = ''): boolean {
    return allowedHosts.has(host) || allowedHosts.has(host.toLowerCase()) || (hosts.loopback && LOOPBACK_ORIGIN.test(`http://${host}`))
  }

  function isAllowedOrigin (origin: string): boolean {
    return allowedOrigins.has(origin) || (origins.loopback && LOOPBACK_ORIGIN.test(origin))
  }
}, {
  name: 'guard',
  fastify: '5.x'
})
