import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Refusal } from '../auth/refusal.ts'
import { refuseUnacceptable } from '../http/accept.ts'
import { refuseEncodedBody } from '../http/content-encoding.ts'
import { Stream } from '../http/event-stream.ts'
import { boundedJsonParser } from '../http/json-body.ts'
import { methodNotAllowed } from '../http/method-not-allowed.ts'
import { ANSWERED, type Exchange, type Reply } from '../mcp/exchange.ts'
import { Body } from '../mcp/message.ts'
import type { Protocol } from '../mcp/protocol.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** What the body asks for. Only on the MCP endpoint, once the body is classified. */
    exchange: Exchange
  }
}

/** The protocol, and where and how it is served. */
export interface McpOptions {
  readonly protocol: Protocol
  /** Paths of the endpoint. */
  readonly paths: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds of silence after which a stream gets a comment. Default 15,000. */
  readonly keepAliveMs?: number | undefined
  /** Whether routes/page.ts answers GET and HEAD. Default: false, both get 405. */
  readonly hasPage?: boolean
}

/** Answers a method that the endpoint does not have. */
export const refuseMethod = methodNotAllowed('POST, OPTIONS', 'Send MCP messages by POST')
/** Bytes of an answer after which the bound on all waiting bytes is checked at once. */
const LARGE_ANSWER = 64 * 1024

/** The MCP endpoint: validates JSON-RPC bodies with TypeBox and dispatches their calls to the tools. */
const mcp: FastifyPluginCallbackTypebox<McpOptions> = (app, { protocol, paths, now, keepAliveMs, hasPage = false }, done) => {
  app.decorateRequest('exchange')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, boundedJsonParser(app))

  for (const url of paths) {
    app.route({
      method: 'POST',
      url,
      // Who: a caller with a good access token.
      onRequest: [app.authenticate, refuseEncodedBody],
      // What: a JSON-RPC message, the calls in it, and the scopes that they need.
      preParsing: app.gatherBody,
      schema: { body: Body },
      preHandler: [
        function classify (request, reply, next) {
          if (app.isSendMemoryFull()) throw new Refusal('too_much_waiting', { retryAfter: 1 })
          refuseUnacceptable(request.headers.accept)
          request.exchange = protocol.classify(request.raw, request.body, request.user.granted)
          app.recordCalls(reply, request.exchange.calls)
          next()
        },
        app.requireScopes(request => request.exchange.needs)
      ],
      // Then: the answer.
      handler: answer,
      errorHandler (error, request, reply) {
        app.answerRpcError(error, request, reply)
        freeBody(request)
      }
    })
    // These answer in a hook, so that no body is read.
    app.route({
      method: 'OPTIONS',
      url,
      onRequest: app.preflight,
      handler: app.preflight
    })
    app.route({
      method: [...(hasPage ? [] : ['GET', 'HEAD'] as const), 'PUT', 'PATCH', 'DELETE', 'TRACE'],
      url,
      onRequest: refuseMethod,
      handler: refuseMethod
    })
  }
  done()

  // A reply that is ready is sent in this turn of the event loop. Fastify would wait one more for a returned reply.
  function answer (request: FastifyRequest, reply: FastifyReply): Promise<unknown> | undefined {
    const stream = new Stream(reply, keepAliveMs, app.load)
    const replied = protocol.answer(request.exchange, { caller: request.user, log: request.log, now: now(), requestId: request.id, channel: stream })
    if (replied instanceof Promise) {
      stream.wait()
      return replied.then(send)
    }
    send(replied)
    return undefined

    function send (replied: Reply): FastifyReply | undefined {
      noteLimit(request, reply, replied)
      // The SDKs try again only if this header is there.
      if (replied.status === 503) reply.header('retry-after', '1')
      const sent = stream.end(replied)
      freeBody(request)
      if (replied.body !== undefined && replied.body.length > LARGE_ANSWER) app.boundWaiting()
      return sent
    }
  }
}
export default mcp

/** Notes a limit for the log: in a batch the status does not show it. */
function noteLimit (request: FastifyRequest, reply: FastifyReply, { status, retryAfter }: Reply): void {
  if (retryAfter === undefined) return
  request.refusal = new Refusal('rate_limited', { retryAfter })
  reply.header('x-request-id', request.id)
  if (status === 429) reply.header('retry-after', String(retryAfter))
}

/** Frees the body, which may hold a megabyte, while a slow client still reads its answer. */
function freeBody (request: FastifyRequest): void {
  request.body = undefined
  request.exchange = ANSWERED
}
