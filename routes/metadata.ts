import type { FastifyPluginCallback } from 'fastify'
import type { ResourceMetadata } from '../auth/metadata.ts'
import { JSON_TYPE } from '../http/media-types.ts'
import { refusedWrites } from '../http/method-not-allowed.ts'

/** The document, and the paths that serve it. */
export interface MetadataOptions {
  readonly document: ResourceMetadata
  readonly paths: readonly string[]
}

/** The protected resource metadata (RFC 9728 §3): one document, which everyone may read. */
const metadata: FastifyPluginCallback<MetadataOptions> = (app, { document, paths }, done) => {
  const body = JSON.stringify(document)
  const config = { public: true }

  for (const url of paths) {
    // Answers in a hook, so that no body is read.
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
        .type(JSON_TYPE)
        .send(body)
    })
    app.route(refusedWrites(url, 'GET, HEAD, OPTIONS', 'This document can only be read'))
  }
  done()
}
export default metadata
