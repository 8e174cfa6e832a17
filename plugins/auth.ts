import fastifyJwt, { type TokenOrHeader } from '@fastify/jwt'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { checkAccess, type AccessPolicy } from '../auth/access.ts'
import { bearerToken } from '../auth/bearer.ts'
import { toCaller, type Caller, type Claims, type ScopeClaims } from '../auth/caller.ts'
import { checkClaims, validity, type ClaimPolicy } from '../auth/claims.ts'
import { checkHeader, checkShape, type JoseHeader } from '../auth/jws.ts'
import type { KeyRing } from '../auth/key-ring.ts'
import type { SigningKey } from '../auth/key-set.ts'
import { Refusal } from '../auth/refusal.ts'
import type { TokenCache } from '../auth/token-cache.ts'
import { isRepeated } from './repeated.ts'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: Claims
    user: Caller
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Lets a request through only with a good access token; its caller is then in `request.user`. */
    authenticate: onRequestHookHandler
  }
  interface FastifyRequest {
    /** The raw token. Never logged, never handed on. */
    accessToken: string
    signingKey: SigningKey | null
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
  app.decorateRequest('accessToken', '')
  app.decorateRequest('signingKey', null)

  await app.register(fastifyJwt, {
    decode: { complete: true },
    // Where the library puts what it verified. It is not a caller yet: see `admit`.
    decoratorName: 'claims',
    secret: resolveKey,
    verify: {
      algorithms: ['RS256'],
      extractToken: request => request.accessToken,
      // The library skips the check of a claim that is absent, so every claim is checked in auth/claims.ts instead.
      ignoreExpiration: true,
      ignoreNotBefore: true
    }
  })

  app.decorate('authenticate', function authenticate (request, _reply, done) {
    try {
      if (isRepeated(request, 'authorization')) throw new Refusal('duplicate_credentials')
      const token = bearerToken(request.headers.authorization, request.url, maxTokenLength)
      const verified = cache.get(token, now())
      if (verified === undefined) {
        verify(request, token).then(() => done(), done)
        return
      }
      admit(request, verified.caller)
    } catch (error) {
      return done(error as Error)
    }
    done()
  })

  async function verify (request: FastifyRequest, token: string): Promise<void> {
    checkShape(token)
    request.accessToken = token
    let claims: Claims
    try {
      claims = await request.jwtVerify<Claims>()
    } catch (error) {
      throw refusal(request, error as Error)
    } finally {
      request.accessToken = ''
    }

    checkClaims(claims, policy, now())
    const caller = toCaller(claims, scopeClaims)
    cache.set(token, { caller, key: request.signingKey as SigningKey, validity: validity(claims, policy) })
    admit(request, caller)
  }

  // Runs before the signature is verified: it may choose the key, and nothing else may rest on what it sees.
  async function resolveKey (request: FastifyRequest, token: TokenOrHeader): Promise<string> {
    const { header, payload } = token as { header: JoseHeader, payload: Claims }
    const kid = checkHeader(header, policy.tokenProfile)
    request.signingKey = await keys.get(payload['iss'], kid)
    return request.signingKey.pem
  }

  function admit (request: FastifyRequest, caller: Caller): void {
    request.user = caller
    checkAccess(caller, access)
  }
}, {
  name: 'auth',
  fastify: '5.x'
})

/** What the library found wrong, as a reason: before it had a key it only decoded. */
function refusal (request: FastifyRequest, error: Error & { code?: string }): Error {
  if (error instanceof Refusal || !/^(FST|FAST)_JWT_/.test(String(error.code))) return error
  return new Refusal(request.signingKey === null ? 'malformed' : 'bad_signature', { cause: error })
}
