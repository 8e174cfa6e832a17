import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { ResourceMetadata } from '../auth/metadata.ts'
import { leaveUnread } from '../plugins/unread.ts'

export interface MetadataOptions {
  readonly document: ResourceMetadata
  readonly paths: readonly string[]
}

/** Protected resource metadata (RFC 9728 §3): one document, for anyone, from any page. */
const metadata: FastifyPluginCallback<MetadataOptions> = (app, { document, paths }, done) => {
  const body = JSON.stringify(document)
  const config = { public: true }

  for (const url of paths) {
    // What has a body is answered in hooks: none is worth parsing.
    app.route({
      method: 'OPTIONS',
      url,
      config,
      onRequest: app.preflight,
      handler: app.preflight
    })
    app.route({
      method: ['GET', 'HEAD'],
      url,
      config,
      handler: (_request, reply) => reply
        .header('cache-control', 'public, max-age=300')
        .type('application/json; charset=utf-8')
        .send(body)
    })
    app.route({
      method: ['POST', 'PUT', 'PATCH', 'DELETE'],
      url,
      config,
      onRequest: refuseMethod,
      handler: refuseMethod
    })
  }
  done()
}
export default metadata

function refuseMethod (request: FastifyRequest, reply: FastifyReply): void {
  leaveUnread(request, reply).code(405).header('allow', 'GET, HEAD, OPTIONS').send({ error: 'method_not_allowed', error_description: 'This document can only be read' })
}
