import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'

/** Leaves out the lines that Fastify writes by itself: they hold the whole URL, and plugins/request-log.ts writes ours. */
export class FrameworkLog extends Fastify.LogController {
  override incomingRequest (): void {}

  override requestCompleted (): void {}

  override routeNotFound (): void {}

  override defaultErrorLog (error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.error({ err: error }, 'unexpected error')
  }

  override writeHeadError (error: Error, _request: FastifyRequest, reply: FastifyReply): void {
    reply.log.warn({ err: error }, 'the head of an answer could not be written')
  }
}
