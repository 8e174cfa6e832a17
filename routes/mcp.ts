import type { FastifyError, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../auth/refusal.ts'
import { errorResponse, RpcError } from '../mcp/errors.ts'
import type { Exchange, Protocol } from '../mcp/protocol.ts'
import { Body } from '../mcp/schema.ts'
import { jsonWithin } from './json.ts'
import { createStream } from './stream.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the body turned out to be. */
    exchange: Exchange | null
  }
}

export interface McpOptions {
  readonly protocol: Protocol
  /** Paths of the endpoint. */
  readonly paths: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const JSON_TYPE = 'application/json; charset=utf-8'
const ALLOW = 'POST, OPTIONS'

/** The MCP endpoint: who calls (onRequest), what they want (preValidation on), what it takes (scopes), the answer. */
const mcp: FastifyPluginCallback<McpOptions> = (app, { protocol, paths, now }, done) => {
  app.decorateRequest('exchange', null)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, jsonWithin(app))

  for (const url of paths) {
    app.route({
      method: 'POST',
      url,
      schema: { body: Body },
      onRequest: app.authenticate,
      preHandler: [classify, app.requireScopes(request => (request.exchange as Exchange).scopes)],
      handler: answer,
      errorHandler
    })
    app.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
      url,
      handler: (_request, reply) => reply.code(405).header('allow', ALLOW).send({ error: 'method_not_allowed', error_description: 'Send MCP messages by POST' })
    })
  }
  done()

  function classify (request: FastifyRequest, _reply: FastifyReply, next: (error?: Error) => void): void {
    try {
      if (!accepts(request, 'application/json')) throw new RpcError('invalidRequest', 'Not acceptable: answers are application/json or text/event-stream', { status: 406 })
      request.exchange = protocol.classify(request.headers, request.body as Body)
    } catch (error) {
      return next(error as Error)
    }
    next()
  }

  function answer (request: FastifyRequest, reply: FastifyReply): unknown {
    const stream = createStream(reply)
    const replied = protocol.answer(request.exchange as Exchange, {
      caller: request.user,
      log: request.log,
      now: now(),
      onGone: stream.onGone,
      notify: accepts(request, 'text/event-stream') ? stream.notify : undefined
    })
    return replied instanceof Promise ? replied.then(stream.end) : stream.end(replied)
  }

  // What is wrong with a message is told in the words of JSON-RPC; a token that is refused, in those of OAuth.
  function errorHandler (error: FastifyError | Refusal | RpcError, request: FastifyRequest, reply: FastifyReply): void {
    const rpc = rpcError(error)
    if (rpc === undefined) return app.errorHandler(error as FastifyError, request, reply)
    reply.code(rpc.status).type(JSON_TYPE).send(errorResponse(idOf(request.body), rpc))
  }
}
export default mcp

function rpcError (error: FastifyError | Refusal | RpcError): RpcError | undefined {
  if (error instanceof RpcError) return error
  if (error instanceof Refusal) return undefined
  const { code, statusCode: status = 500, validation } = error
  if (status >= 500) return undefined
  if (validation) return new RpcError('invalidRequest', 'The body is not a JSON-RPC 2.0 message', { status })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new RpcError('invalidRequest', 'Send application/json', { status })
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new RpcError('invalidRequest', 'The body is too large', { status })
  return new RpcError('parse', 'The body is not JSON', { status })
}

function idOf (body: unknown): string | number | null {
  const id = typeof body === 'object' && body !== null ? (body as { id?: unknown }).id : undefined
  return typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id)) ? id : null
}

/** Whether the client takes this media type (RFC 9110 §12.5.1). Saying nothing is taking anything. */
function accepts ({ headers: { accept } }: FastifyRequest, type: string): boolean {
  if (accept === undefined || accept === '*/*' || accept.includes(type)) return true
  const ranges = accept.split(',').map(range => range.split(';')[0]?.trim().toLowerCase())
  return ranges.some(range => range === type || range === '*/*' || range === `${type.split('/')[0]}/*`)
}
