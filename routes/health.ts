import type { FastifyPluginCallback } from 'fastify'
import { refusedWrites } from '../http/method-not-allowed.ts'

/** The state that `/health/ready` reports. */
export interface HealthOptions {
  /** Whether the server has usable signing keys. */
  readonly isReady: () => boolean
}

/** For load balancers: `live` means the process runs, `ready` means it can check tokens and is not shutting down. */
const health: FastifyPluginCallback<HealthOptions> = (app, { isReady }, done) => {
  const config = { public: true }

  for (const url of ['/health/live', '/health/ready']) app.route(refusedWrites(url, 'GET, HEAD', 'Health can only be read'))
  app.route({
    method: 'GET',
    url: '/health/live',
    config,
    handler: (_request, reply) => reply.send({ status: 'live' })
  })
  app.route({
    method: 'GET',
    url: '/health/ready',
    config,
    handler: (_request, reply) => {
      const status = app.isDraining() ? 'draining' : isReady() ? 'ready' : 'no signing keys'
      return reply.code(status === 'ready' ? 200 : 503).send({ status })
    }
  })
  done()
}
export default health
