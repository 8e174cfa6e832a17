import type { FastifyError, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../auth/refusal.ts'
import { errorResponse, RpcError } from '../mcp/errors.ts'
import type { Exchange, Protocol } from '../mcp/protocol.ts'
import { Body } from '../mcp/schema.ts'
import { leaveUnread } from '../plugins/unread.ts'
import { accepts } from './accept.ts'
import { jsonWithin, TOO_DEEP } from './json.ts'
import { Stream } from './stream.ts'

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
    // The others in hooks, since no body is worth parsing for them.
    app.route({
      method: 'OPTIONS',
      url,
      onRequest: app.preflight,
      handler: app.preflight
    })
    app.route({
      method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE'],
      url,
      onRequest: refuseMethod,
      handler: refuseMethod
    })
  }
  done()

  function classify (request: FastifyRequest, _reply: FastifyReply, next: (error?: Error) => void): void {
    try {
      if (!accepts(request.headers.accept, 'application/json')) throw new RpcError('invalidRequest', 'Not acceptable: answers are application/json or text/event-stream', { status: 406 })
      request.exchange = protocol.classify(request.headers, request.body as Body)
    } catch (error) {
      return next(error as Error)
    }
    next()
  }

  // Whatever is answered at once is sent at once: Fastify would wait for the reply, too, if it were returned.
  function answer (request: FastifyRequest, reply: FastifyReply): Promise<unknown> | undefined {
    const stream = new Stream(reply)
    const replied = protocol.answer(request.exchange as Exchange, { caller: request.user, log: request.log, now: now(), channel: stream })
    if (replied instanceof Promise) return replied.then(reply => stream.end(reply))
    stream.end(replied)
    return undefined
  }

  // What is wrong with a message is told in the words of JSON-RPC; a token that is refused, in those of OAuth.
  function errorHandler (error: FastifyError | Refusal | RpcError, request: FastifyRequest, reply: FastifyReply): void {
    const rpc = rpcError(error)
    if (rpc === undefined) return app.errorHandler(error as FastifyError, request, reply)
    reply.code(rpc.status).type(JSON_TYPE).send(errorResponse(idOf(request.body), rpc))
  }
}
export default mcp

// What Fastify finds wrong with a body, as JSON-RPC has it.
const BODY_ERRORS: Readonly<Record<string, readonly [code: 'parse' | 'invalidRequest', message: string]>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: ['parse', 'The body is empty'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['parse', 'The body is not JSON'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['invalidRequest', 'Send application/json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalidRequest', 'The body is not as long as Content-Length says'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['invalidRequest', 'The body is too large'],
  FST_ERR_VALIDATION: ['invalidRequest', 'The body is not a JSON-RPC 2.0 message'],
  [TOO_DEEP]: ['invalidRequest', 'The body is nested too deep']
}

function refuseMethod (request: FastifyRequest, reply: FastifyReply): void {
  leaveUnread(request, reply).code(405).header('allow', ALLOW).send({ error: 'method_not_allowed', error_description: 'Send MCP messages by POST' })
}

function rpcError (error: FastifyError | Refusal | RpcError): RpcError | undefined {
  if (error instanceof RpcError) return error
  if (error instanceof Refusal) return undefined
  const { code, statusCode = 400 } = error
  const known = BODY_ERRORS[code]
  return known && new RpcError(...known, { status: statusCode })
}

function idOf (body: unknown): string | number | null {
  const id = typeof body === 'object' && body !== null ? (body as { id?: unknown }).id : undefined
  return typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id)) ? id : null
}
