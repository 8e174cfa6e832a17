import fp from 'fastify-plugin'
import { createKeyRing, type KeyRing, type KeyRingOptions } from '../auth/keys/ring.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The signing keys of the accepted issuers. */
    readonly keys: KeyRing
  }
}

/**
 * Fetches the signing keys of the accepted issuers when the server starts, and keeps them fresh until it closes. The
 * start does not wait for them: until they are there, the server is not ready, and the first callers wait.
 */
export default fp<Omit<KeyRingOptions, 'onFailure'>>(async function keys (app, options) {
  const ring = createKeyRing({
    ...options,
    onFailure: (issuer, error) => app.log.warn({ issuer, err: error }, 'the key set cannot be fetched or used')
  })
  app.decorate('keys', ring)
  app.addHook('onReady', async () => { ring.prefetch() })
  app.addHook('onClose', async () => ring.close())
}, {
  name: 'keys',
  fastify: '5.x'
})
