import fastifyJwt, { type TokenOrHeader } from '@fastify/jwt'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { checkAccess, type AccessPolicy } from '../auth/access.ts'
import { bearerToken } from '../auth/bearer.ts'
import { toCaller, type Caller } from '../auth/caller.ts'
import { checkClaims, type ClaimPolicy, type Claims } from '../auth/claims.ts'
import type { ScopeClaims } from '../auth/grants.ts'
import { checkHeader, decodeJws, type Jws } from '../auth/jws.ts'
import type { KeyRing } from '../auth/keys/ring.ts'
import type { SigningKey } from '../auth/keys/set.ts'
import { Refusal } from '../auth/refusal.ts'
import type { TokenCache } from '../auth/token-cache.ts'
import { validity } from '../auth/validity.ts'
import { isRepeated } from '../http/repeated-header.ts'
import { hasSmallBody } from '../http/small-body.ts'

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
  /** Counts a refused token of an address. Seconds to wait if there were too many, else 0. Default: none is counted. */
  readonly countRefusal?: (address: string) => number | Promise<number>
  /** Takes the token of a caller when it is verified: a new caller each time. Default: nothing keeps it. */
  readonly onVerified?: ((caller: Caller, token: string) => void) | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Requests with a large body that may wait for a key at the same time. Nobody reads their bodies yet, and in tiny pieces
 * each takes some megabytes.
 */
export const MAX_WAITING_BODIES = 8

/** Decorates requests with their caller, using @fastify/jwt with a get-jwks secret resolver. */
export default fp<AuthOptions>(async function auth (app, { keys, cache, claims: policy, scopeClaims, callerClaims, access, maxTokenLength, countRefusal = () => 0, onVerified, now }) {
  app.decorateRequest('user')
  let waitingBodies = 0

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
        if (key instanceof Promise) boundWaiting(request, key)
        verify(request, token, key).then(() => done(), error => counted(request, error, done))
        return
      }
      admit(request, cached.caller)
    } catch (error) {
      return counted(request, error as Error, done)
    }
    done()
  })

  /**
   * Answers with the error, or with a refusal for too many if the address sent too many bad tokens. It comes after the
   * check, so that a good token works from any address.
   */
  function counted (request: FastifyRequest, error: Error, done: (error: Error) => void): void {
    if (!(error instanceof Refusal) || error.answer.error !== 'invalid_token') return done(error)
    const answer = (retryAfter: number): void => done(retryAfter === 0 ? error : new Refusal('rate_limited', { retryAfter, found: error.code }))
    const retryAfter = countRefusal(request.ip)
    if (retryAfter instanceof Promise) retryAfter.then(answer)
    else answer(retryAfter)
  }

  /** @throws Refusal if too many large bodies wait for a key already */
  function boundWaiting ({ headers }: FastifyRequest, key: Promise<SigningKey>): void {
    if (hasSmallBody(headers)) return
    if (waitingBodies === MAX_WAITING_BODIES) throw new Refusal('keys_unavailable', { retryAfter: 1 })
    const leave = (): void => { waitingBodies-- }
    waitingBodies++
    key.then(leave, leave)
  }

  async function verify (request: FastifyRequest, token: string, found: SigningKey | Promise<SigningKey>): Promise<void> {
    const key = await found
    const claims = await request.jwtVerify<Claims>().catch(error => { throw toRefusal(error, key) })
    checkClaims(claims, policy, now())
    const caller = toCaller(claims, scopeClaims, callerClaims)
    onVerified?.(caller, token)
    cache.set(token, { caller, key, validity: validity(claims, policy) })
    admit(request, caller)
  }

  /** The secret resolver: the PEM that get-jwks made of the key which the token names. */
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

/** Every verdict of the library on a token is about its signature: the rest is checked before and after. */
function toRefusal (error: Error & { code?: string }, { issuer, kid }: SigningKey): Error {
  return /^(FST|FAST)_JWT_/.test(error.code ?? '') ? new Refusal('bad_signature', { found: { iss: issuer, kid } }) : error
}
