import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'

/**
 * One line for each request, when it is done: what was asked, by whom, what came of it, and why if it was turned away.
 * No query string, no header and no token gets here. A refusal is the caller's trouble (info), a 5xx is ours (error).
 */
export class RequestLog extends Fastify.LogController {
  override incomingRequest (): void {}

  override requestCompleted (error: Error | null | undefined, { log, raw, refusal, user, exchange }: FastifyRequest, reply: FastifyReply): void {
    const level = reply.statusCode >= 500 ? 'error' : 'info'
    if (!isEnabled(log, level)) return

    const call = exchange?.calls[0]?.request
    log[level]({
      method: raw.method,
      path: raw.url?.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 1000) / 1000,
      rpc: call?.method,
      tool: call?.method === 'tools/call' ? call.params['name'] : undefined,
      client: user?.clientId,
      ...(error && { err: error }),
      ...(refusal && { reason: refusal.reason, hint: refusal.hint, expected: refusal.detail.expected, found: refusal.detail.found })
    }, refusal ? 'refused' : 'answered')
  }

  // The inherited ones write the whole URL.
  override routeNotFound (): void {}

  override writeHeadError (error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.warn({ err: error }, 'the head of an answer could not be written')
  }
}

function isEnabled (log: FastifyRequest['log'] & { isLevelEnabled?: (level: string) => boolean }, level: string): boolean {
  return log.isLevelEnabled?.(level) ?? true
}
