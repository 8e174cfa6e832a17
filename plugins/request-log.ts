import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isCutOff, onClosed } from '../http/closed.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What a route adds to the request's log line; null: nothing. */
    logFields: LogFields | null
  }
}

/** Members of a log line that only the route knows. */
export interface LogFields {
  /** What an operator should know about a refusal, beside the hint of its reason. */
  readonly hint?: string
  /** The JSON-RPC method. */
  readonly rpc?: string | undefined
  /** The tool that is called. */
  readonly tool?: string | undefined
}

/** Longest caller-controlled string in a log line, in characters. */
const MAX_LENGTH = 128
/** The part of an unknown path that is too short to hold a token. */
const UNKNOWN_PATH = /^(?:\/[\w.-]{0,32}(?![\w.-])){0,4}/
/** The status that nginx logs for a client that left before its answer. */
const CLIENT_GONE = 499

/**
 * Writes one line for each request when it is over: who asked for what, the status, and the reason of a refusal.
 * `address` is that of the connection, or the one that a proxy of TRUST_PROXY names. It holds no query string, no header and no token. A 5xx is an `error`, everything else is `info`.
 */
export default fp(async function requestLog (app) {
  app.decorateRequest('logFields', null)

  // Not onResponse: Fastify skips it when the client leaves before its answer.
  app.addHook('onRequest', function logWhenClosed (request, reply, done) {
    // Read now: a socket that is closed has no address.
    const address = request.ip
    onClosed(reply.raw, () => writeLine(request, reply, address))
    done()
  })
}, {
  name: 'request-log',
  fastify: '5.x'
})

function writeLine (request: FastifyRequest, reply: FastifyReply, address: string | undefined): void {
  const isAborted = isCutOff(reply.raw)
  const status = isAborted && !reply.raw.headersSent ? CLIENT_GONE : reply.statusCode
  // The server's logger, since a request's own logger is costly to make and most requests have none yet.
  const { log } = reply.server
  const level = status >= 500 ? 'error' : 'info'
  if (!isEnabled(log, level)) return

  const { id, raw, refusal, user, logFields } = request
  log[level]({
    reqId: id,
    address: address?.slice(0, MAX_LENGTH),
    method: raw.method,
    path: path(request),
    status,
    ms: Math.round(reply.elapsedTime * 1000) / 1000,
    rpc: logFields?.rpc?.slice(0, MAX_LENGTH),
    tool: logFields?.tool?.slice(0, MAX_LENGTH),
    client: user?.clientId,
    ...(refusal && { reason: refusal.code, hint: hint(refusal.hint, logFields?.hint), expected: refusal.detail.expected, found: refusal.detail.found })
  }, isAborted ? 'aborted' : refusal ? 'refused' : 'answered')
}

function hint (...hints: ReadonlyArray<string | undefined>): string {
  return hints.filter(Boolean).join('. ')
}

function path ({ is404, raw, routeOptions }: FastifyRequest): string | undefined {
  return is404 ? UNKNOWN_PATH.exec(raw.url as string)?.[0] : routeOptions.url
}

// A disabled logger of Fastify has no `isLevelEnabled`.
function isEnabled (log: FastifyBaseLogger, level: string): boolean {
  return (log as { isLevelEnabled?: (level: string) => boolean }).isLevelEnabled?.(level) === true
}
