import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Refusal } from '../auth/refusal.ts'
import { canonicalHost, isLoopbackHost, isLoopbackOrigin, type AllowList } from '../http/allow-list.ts'
import { METHODS } from '../http/method-not-allowed.ts'
import { isRepeated } from '../http/repeated-header.ts'
import { leaveUnread } from '../http/unread-body.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route answers everyone, for every host and to every page. */
    public?: boolean
  }
  interface FastifyInstance {
    /** Answers a CORS preflight: the page may send what it asked for. */
    preflight (request: FastifyRequest, reply: FastifyReply): void
  }
}

/** The accepted hosts and origins. */
export interface OriginOptions {
  readonly hosts: AllowList
  readonly origins: AllowList
  /** The public URL of the MCP endpoint. Its scheme implies the default port. */
  readonly resourceUrl: string
}

/** Longest foreign name in a log line, in characters. */
const MAX_FOUND = 256
const PORT = /:\d+$/
const EXPOSED = 'WWW-Authenticate, Retry-After, X-Request-Id'
/** Seconds for which a browser keeps the answer to a preflight. */
const MAX_AGE = '600'
/** Longest Access-Control-Request-Headers that is reflected, in characters. */
export const MAX_ASKED_LENGTH = 1024

/**
 * Checks the host that a request is for and the page that sent it (DNS rebinding; streamable-http, "Security Warning"),
 * and lets that page read the answer (Fetch, "CORS protocol"). Others get 403 without a challenge, since a login would
 * not help them. @fastify/cors also works on requests without an origin, which are most, and takes 7 % of a call.
 */
export default fp<OriginOptions>(async function origin (app, { hosts, origins, resourceUrl }) {
  const { protocol, host: resourceHost } = new URL(resourceUrl)
  const defaultPort = protocol === 'https:' ? '443' : '80'
  const allowedHosts = new Set(hosts.exact.map(host => canonicalHost(host, defaultPort)))
  // A listed loopback name without a port counts on every port, such as that of a forwarder.
  const allowedNames = new Set(hosts.exact.filter(isLoopbackHost))
  const allowedOrigins = new Set(origins.exact)

  app.addHook('onRequest', function checkOrigin (request, reply, done) {
    if (request.headers.host === undefined && request.raw.httpVersion === '1.1') {
      reply.header('connection', 'close')
      return done(new Refusal('no_host'))
    }
    if (request.routeOptions.config.public) {
      reply.header('access-control-allow-origin', '*')
      // RFC 9112 §3.2 demands this check on public routes too.
      return done(isRepeated(request, 'host') ? new Refusal('repeated_header') : undefined)
    }
    const { origin } = request.headers
    reply.header('vary', 'Origin')
    if (isRepeated(request, 'host') || isRepeated(request, 'content-type')) return done(new Refusal('repeated_header'))
    const host = hostOf(request)
    if (!isAllowedHost(host)) return done(new Refusal('host', { found: host?.slice(0, MAX_FOUND) }))
    noteOtherHost(request, host)
    if (origin !== undefined) {
      if (!isAllowedOrigin(origin)) return done(new Refusal('origin', { found: origin.slice(0, MAX_FOUND) }))
      reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', EXPOSED)
    }
    done()
  })

  app.decorate('preflight', function preflight (request: FastifyRequest, reply: FastifyReply) {
    const asked = request.headers['access-control-request-headers']
    if (asked !== undefined) {
      // An answer without the list fails the preflight, which is right: no page needs a list of this length.
      if (asked.length <= MAX_ASKED_LENGTH) reply.header('access-control-allow-headers', asked)
      else reply.header('connection', 'close')
    }
    leaveUnread(request, reply).headers({
      'access-control-allow-methods': METHODS,
      'access-control-max-age': MAX_AGE,
      vary: 'Origin, Access-Control-Request-Headers'
    }).code(204).send()
  })

  function isAllowedHost (host = ''): boolean {
    // Fast path for the common spelling.
    if (allowedHosts.has(host)) return true
    const canonical = canonicalHost(host, defaultPort)
    return allowedHosts.has(canonical) || (hosts.loopback && isLoopbackHost(canonical)) || allowedNames.has(canonical.replace(PORT, ''))
  }

  // A client takes the URL it connects to for the resource, and refuses metadata that names another (RFC 9728 §3.3).
  function noteOtherHost (request: FastifyRequest, host: string | undefined): void {
    if (host === resourceHost || !hosts.loopback) return
    request.logHint = `The client connects to ${host}, but a login works only at MCP_RESOURCE_URL, ${resourceUrl}`
  }

  function isAllowedOrigin (origin: string): boolean {
    return allowedOrigins.has(origin) || (origins.loopback && isLoopbackOrigin(origin))
  }
}, {
  name: 'origin',
  fastify: '5.x',
  dependencies: ['request-log']
})

// A host in the target goes before the header (RFC 9112 §3.2.2).
function hostOf ({ url, headers: { host } }: FastifyRequest): string | undefined {
  return !url.startsWith('/') && URL.canParse(url) ? new URL(url).host : host
}
