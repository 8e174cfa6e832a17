import Fastify, { type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify'
import { isCutOff } from './closed.ts'

// What callers can choose freely is cut to this.
const MAX_LENGTH = 128
const UNKNOWN_PATH = /^(?:\/[\w.-]{0,32}(?![\w.-])){0,4}/
// As nginx has it.
const CLIENT_GONE = 499

/**
 * One line for each request, when it is done: what was asked, by whom, what came of it, and why if it was turned away.
 * No query string, no header and no token gets here. A refusal is the caller's trouble (info), a 5xx is ours (error).
 */
export class RequestLog extends Fastify.LogController {
  override incomingRequest (): void {}

  // Fastify tells of answers that are out, and of no others.
  override requestCompleted (): void {}

  /** Writes the line of a request that is over. */
  write (request: FastifyRequest, reply: FastifyReply): void {
    const isAborted = isCutOff(reply.raw)
    const status = isAborted && !reply.raw.headersSent ? CLIENT_GONE : reply.statusCode
    // Not the request's own logger, which is dear to make and mostly not there.
    const { log } = reply.server
    const level = status >= 500 ? 'error' : 'info'
    if (!isEnabled(log, level)) return

    const { id, raw, refusal, user, exchange } = request
    const call = exchange?.calls[0]?.request
    const tool = call?.method === 'tools/call' ? call.params['name'] : undefined
    log[level]({
      [this.requestIdLogLabel]: id,
      method: raw.method,
      path: path(request),
      status,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
      rpc: call?.method.slice(0, MAX_LENGTH),
      tool: typeof tool === 'string' ? tool.slice(0, MAX_LENGTH) : undefined,
      client: user?.clientId,
      ...(refusal && { reason: refusal.reason, hint: refusal.hint, expected: refusal.detail.expected, found: refusal.detail.found })
    }, isAborted ? 'aborted' : refusal ? 'refused' : 'answered')
  }

  // The inherited ones write the whole URL.
  override routeNotFound (): void {}

  override defaultErrorLog (error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.error({ err: error }, 'unexpected error')
  }

  override writeHeadError (error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.warn({ err: error }, 'the head of an answer could not be written')
  }
}

// Of a path that is nobody's, only what can hold no token: short words, up to where anything else starts.
function path ({ is404, raw, routeOptions }: FastifyRequest): string | undefined {
  return is404 ? UNKNOWN_PATH.exec(raw.url as string)?.[0] : routeOptions.url
}

// Asked first, so that a line that nobody wants is not put together. A logger that is off has no levels to ask for.
function isEnabled (log: FastifyBaseLogger, level: string): boolean {
  return (log as { isLevelEnabled?: (level: string) => boolean }).isLevelEnabled?.(level) === true
}
