import type { FastifyError, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Refusal } from '../auth/refusal.ts'
import { NOT_ACCEPTABLE } from '../http/accept.ts'
import { ENCODED_BODY } from '../http/content-encoding.ts'
import { FORBIDDEN_MEMBER, MAX_DEPTH, NOT_UTF8, TOO_DEEP } from '../http/json-body.ts'
import { JSON_TYPE } from '../http/media-types.ts'
import { RpcError } from '../mcp/errors.ts'
import { LEGACY_VERSIONS } from '../mcp/revisions/legacy.ts'
import { isObject, MAX_BATCH, MAX_ID_LENGTH } from '../mcp/message.ts'
import { MODERN_VERSION } from '../mcp/revisions/modern.ts'
import { errorResponse } from '../mcp/response.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The error handler of the MCP endpoint: a fault of the message is answered as a JSON-RPC error. */
    answerRpcError (error: FastifyError | Refusal | RpcError, request: FastifyRequest, reply: FastifyReply): void
  }
}

/** MCP 2026-07-28 and 2025-11-25, whose schemas allow an error response without an id, and none with null. */
const WITHOUT_NULL_ID: readonly unknown[] = [MODERN_VERSION, LEGACY_VERSIONS[0]]

/** Turns faults of a JSON-RPC message into answers. Every other error, such as a refused token, goes to `errors`. */
export default fp(async function rpcErrors (app) {
  app.decorate('answerRpcError', function answerRpcError (error, request, reply) {
    const fault = toRpcError(error, request)
    if (fault === undefined) return app.errorHandler(error as FastifyError, request, reply)
    reply.code(fault.status).type(JSON_TYPE).send(errorResponse(readId(request.body) ?? unreadId(request), fault))
  })
}, {
  name: 'rpc-errors',
  fastify: '5.x',
  dependencies: ['errors']
})

/** Errors of Fastify and of our hooks, as JSON-RPC errors. */
const FAULTS: Readonly<Record<string, readonly [code: 'parse' | 'invalidRequest', message: string]>> = {
  FST_ERR_CTP_EMPTY_JSON_BODY: ['parse', 'The body is empty'],
  FST_ERR_CTP_INVALID_JSON_BODY: ['parse', 'The body is not JSON'],
  [NOT_UTF8]: ['parse', 'The body is not in UTF-8'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['invalidRequest', 'Send application/json'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalidRequest', 'The body is not as long as Content-Length says'],
  FST_ERR_VALIDATION: ['invalidRequest', 'The body is not a JSON-RPC 2.0 message'],
  [NOT_ACCEPTABLE]: ['invalidRequest', 'Not acceptable: answers are application/json or text/event-stream'],
  [ENCODED_BODY]: ['invalidRequest', 'Send the body without Content-Encoding'],
  [TOO_DEEP]: ['invalidRequest', `The body is nested deeper than ${MAX_DEPTH} levels`]
}

function toRpcError (error: FastifyError | Refusal | RpcError, { body, server }: FastifyRequest): RpcError | undefined {
  if (error instanceof RpcError) return error
  if (error instanceof Refusal) return undefined
  const { code, statusCode: status = 400 } = error
  if (code === FORBIDDEN_MEMBER) return new RpcError('parse', error.message, { status })
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new RpcError('invalidRequest', `The body is larger than ${server.initialConfig.bodyLimit} bytes (BODY_LIMIT)`, { status })
  if (code === 'FST_ERR_VALIDATION' && Array.isArray(body) && (body.length === 0 || body.length > MAX_BATCH)) {
    return new RpcError('invalidRequest', `A batch has 1 to ${MAX_BATCH} messages, this one has ${body.length}`, { status })
  }
  if (code === 'FST_ERR_VALIDATION' && isObject(body) && Object.hasOwn(body, 'id') && readId(body) === undefined) {
    return new RpcError('invalidRequest', `The id is neither a whole number nor a string of up to ${MAX_ID_LENGTH} characters`, { status })
  }
  const known = FAULTS[code]
  return known && new RpcError(...known, { status })
}

/** The id of a message that is malformed elsewhere; undefined if the id itself cannot be echoed. */
function readId (body: unknown): string | number | undefined {
  const id = isObject(body) ? body['id'] : undefined
  return (typeof id === 'string' && id.length <= MAX_ID_LENGTH) || (typeof id === 'number' && Number.isSafeInteger(id)) ? id : undefined
}

/** What stands for an id that could not be read: null (JSON-RPC 2.0 §5), or undefined where the schema of MCP has no null. */
function unreadId ({ headers }: FastifyRequest): null | undefined {
  return WITHOUT_NULL_ID.includes(headers['mcp-protocol-version']) ? undefined : null
}
