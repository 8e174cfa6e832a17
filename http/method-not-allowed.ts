import type { FastifyReply, FastifyRequest } from 'fastify'
import { leaveUnread } from './unread-body.ts'

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
