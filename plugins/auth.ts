import fastifyJwt, { type TokenOrHeader } from '@fastify/jwt'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { checkAccess, type AccessPolicy } from '../auth/access.ts'
import { bearerToken } from '../auth/bearer.ts'
import { toCaller, type Caller } from '../auth/caller.ts'
import { checkClaims, type ClaimPolicy, type Claims } from '../auth/claims.ts'
import { answerCounted, type CountRefusal } from '../auth/counted-refusal.ts'
import type { ScopeClaims } from '../auth/grants.ts'
import { checkHeader, decodeJws, type Jws } from '../auth/jws.ts'
import type { KeyRing } from '../auth/keys/ring.ts'
import type { SigningKey } from '../auth/keys/set.ts'
import { Refusal } from '../auth/refusal.ts'
import type { TokenCache } from '../auth/token-cache.ts'
import { validity } from '../auth/validity.ts'
import { isRepeated } from '../http/repeated-header.ts'
import { boundWaitingBodies } from '../http/waiting-bodies.ts'

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
}

/** The keys, the cache and the policies that tokens are checked with. */
export interface AuthOptions {
  readonly keys: KeyRing
  readonly cache: TokenCache
  readonly claims: ClaimPolicy
  readonly scopeClaims: ScopeClaims
  /** The names of the claims that tools may see. Default: none. */
  readonly callerClaims?: readonly string[]
  readonly access: AccessPolicy
  /** The longest token that is looked at, in characters. */
  readonly maxTokenLength: number
  /** Default: none is counted. */
  readonly countRefusal?: CountRefusal
  /** Called with each verified token and its new caller. Default: nothing keeps the token. */
  readonly onVerified?: ((caller: Caller, token: string) => void) | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Decorates requests with their caller, using @fastify/jwt with a get-jwks secret resolver. */
export default fp<AuthOptions>(async function auth (app, { keys, cache, claims: policy, scopeClaims, callerClaims, access, maxTokenLength, countRefusal = () => 0, onVerified, now }) {
  app.decorateRequest('user')
  const boundWaiting = boundWaitingBodies()

  await app.register(fastifyJwt, {
    // The library puts the verified claims here; they are not a caller yet.
    decoratorName: 'claims',
    decode: { complete: true },
    secret: resolveKey,
    verify: {
      algorithms: ['RS256'],
      extractToken: tokenOf,
      // The library skips the check of an absent claim, so auth/claims.ts checks every claim.
      ignoreExpiration: true,
      ignoreNotBefore: true
    }
  })

  app.decorate('authenticate', function authenticate (request, _reply, done) {
    try {
      const token = tokenOf(request)
      const cached = cache.get(token, now())
      if (cached === undefined) {
        // Refuses a bad form, header, issuer or key first: an error of the library costs a stack trace.
        const key = keys.get(...keyName(decodeJws(token)))
        if (key instanceof Promise) boundWaiting(request.headers, key)
        // An unhandled rejection would end the process, so an error in answering goes to `done` too.
        verify(request, token, key).then(() => done(), error => answerCounted(error, request, countRefusal, done)).catch(done)
        return
      }
      admit(request, cached.caller)
    } catch (error) {
      return answerCounted(error as Error, request, countRefusal, done)
    }
    done()
  })

  async function verify (request: FastifyRequest, token: string, found: SigningKey | Promise<SigningKey>): Promise<void> {
    const key = await found
    const claims = await request.jwtVerify<Claims>().catch(error => { throw toRefusal(error, key) })
    checkClaims(claims, policy, now())
    const caller = toCaller(claims, scopeClaims, callerClaims)
    onVerified?.(caller, token)
    cache.set(token, { caller, key, validity: validity(claims, policy) })
    admit(request, caller)
  }

  /** The secret resolver: the PEM, from get-jwks, of the key that the token names. */
  async function resolveKey (_request: FastifyRequest, token: TokenOrHeader): Promise<string> {
    return keys.pem(...keyName(token as Jws))
  }

  // Header and payload may choose the key; nothing else may rest on them before the signature is verified.
  function keyName (jws: Jws): [issuer: unknown, kid: string] {
    return [jws.payload['iss'], checkHeader(jws, policy.tokenProfile)]
  }

  function tokenOf (request: FastifyRequest): string {
    if (isRepeated(request, 'authorization')) throw new Refusal('duplicate_credentials')
    return bearerToken(request.headers.authorization, request.url, maxTokenLength)
  }

  function admit (request: FastifyRequest, caller: Caller): void {
    request.user = caller
    checkAccess(caller, access)
  }
}, {
  name: 'auth',
  fastify: '5.x'
})

/** The library checks nothing but the signature, so each of its refusals is a bad signature. Other errors pass. */
function toRefusal (error: Error & { code?: string }, { issuer, kid }: SigningKey): Error {
  return /^(FST|FAST)_JWT_/.test(error.code ?? '') ? new Refusal('bad_signature', { found: { iss: issuer, kid } }) : error
}
