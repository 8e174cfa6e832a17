import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import { leaveUnread } from './unread-body.ts'

/** The methods that some route has, for the headers of an answer. */
export const METHODS = 'GET, HEAD, POST, OPTIONS'

/**
 * A handler that answers 405. Use it as the `onRequest` hook of a route too, so that no body is parsed first.
 *
 * @param allow the methods of the resource, for the `Allow` header
 * @param description the `error_description`
 */
export function methodNotAllowed (allow: string, description: string): (request: FastifyRequest, reply: FastifyReply) => void {
  const body = { error: 'method_not_allowed', error_description: description }
  return (request, reply) => { leaveUnread(request, reply).code(405).header('allow', allow).send(body) }
}

/**
 * The route that answers 405 where a public path can only be read: to TRACE and to every method that would change
 * something. It answers in a hook, so that no body is read.
 */
export function refusedWrites (url: string, allow: string, description: string): RouteOptions {
  const refuse = methodNotAllowed(allow, description)
  return { method: ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'], url, config: { public: true }, onRequest: refuse, handler: refuse }
}
