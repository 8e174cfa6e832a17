import { maxHeaderSize } from 'node:http'
import Fastify from 'fastify'
import type { KeyRing } from '../../auth/keys/ring.ts'
import type { Refusal } from '../../auth/refusal.ts'
import { createTokenCache } from '../../auth/token-cache.ts'
import type { Config } from '../../config.ts'
import auth from '../../plugins/auth.ts'

/**
 * The verdict of the server on a token: its own auth plugin checks a request that never leaves this process.
 * @returns the refusal, or undefined if the plugin lets the request through
 */
export async function serverVerdict (token: string, { claims, scopeClaims, access }: Config, keys: KeyRing): Promise<Refusal | undefined> {
  const app = Fastify()
  let refusal: Refusal | undefined
  app.setErrorHandler<Refusal>((error, _request, reply) => {
    refusal = error
    return reply.code(error.answer.status).send()
  })
  await app.register(auth, { keys, cache: createTokenCache(keys), claims, scopeClaims, access, maxTokenLength: maxHeaderSize, now: Date.now })
  app.get('/', { onRequest: app.authenticate }, (_request, reply) => reply.send())
  await app.inject({ url: '/', headers: { authorization: `Bearer ${token}` } })
  await app.close()
  return refusal
}
