import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { checkAccess, type AccessPolicy } from '../auth/access.ts'
import { bearerToken } from '../auth/bearer.ts'
import { toCaller, type Caller, type ScopeClaims } from '../auth/caller.ts'
import { checkClaims, validity, type ClaimPolicy } from '../auth/claims.ts'
import { checkHeader, decodeJws } from '../auth/jws.ts'
import type { KeyRing } from '../auth/key-ring.ts'
import type { SigningKey } from '../auth/key-set.ts'
import { Refusal } from '../auth/refusal.ts'
import type { TokenCache } from '../auth/token-cache.ts'
import jwt from './jwt.ts'
import { isRepeated } from './repeated.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Lets a request through only with a good access token; its caller is then in `request.user`. */
    authenticate: onRequestHookHandler
  }
}

export interface AuthOptions {
  readonly keys: KeyRing
  readonly cache: TokenCache
  readonly claims: ClaimPolicy
  readonly scopeClaims: ScopeClaims
  readonly access: AccessPolicy
  /** The longest token that is looked at, in characters. */
  readonly maxTokenLength: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export default fp<AuthOptions>(async function auth (app, { keys, cache, claims: policy, scopeClaims, access, maxTokenLength, now }) {
  app.decorateRequest('user', null as never)
  await app.register(jwt)

  app.decorate('authenticate', function authenticate (request, _reply, done) {
    let fault: Error | undefined
    try {
      if (isRepeated(request, 'authorization')) throw new Refusal('duplicate_credentials')
      const token = bearerToken(request.headers.authorization, request.url, maxTokenLength)
      const known = cache.get(token, now())
      if (known !== undefined) {
        admit(request, known.caller)
      } else {
        const key = findKey(token)
        if (key instanceof Promise) {
          key.then(key => verify(request, token, key)).then(done, done)
          return
        }
        fault = verify(request, token, key)
      }
    } catch (error) {
      fault = error as Error
    }
    done(fault)
  })

  // Runs before the signature is verified: it may choose the key, and nothing else may rest on what it sees.
  function findKey (token: string): ReturnType<KeyRing['get']> {
    const { header, payload } = decodeJws(token)
    const kid = checkHeader(header, policy.tokenProfile)
    return keys.get(payload['iss'], kid)
  }

  function verify (request: FastifyRequest, token: string, key: SigningKey | Refusal): Refusal | undefined {
    if (key instanceof Refusal) return key
    const claims = request.verifySignature(token, key)
    if (claims instanceof Refusal) return claims
    checkClaims(claims, policy, now())
    const caller = toCaller(claims, scopeClaims)
    cache.set(token, { caller, key, validity: validity(claims, policy) })
    admit(request, caller)
    return undefined
  }

  function admit (request: FastifyRequest, caller: Caller): void {
    request.user = caller
    checkAccess(caller, access)
  }
}, {
  name: 'auth',
  fastify: '5.x'
})
