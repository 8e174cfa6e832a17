import fastifyJwt, { type TokenOrHeader } from '@fastify/jwt'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { checkAccess, type AccessPolicy } from '../auth/access.ts'
import { bearerToken } from '../auth/bearer.ts'
import { toCaller, type Caller, type Claims, type ScopeClaims } from '../auth/caller.ts'
import { checkClaims, validity, type ClaimPolicy } from '../auth/claims.ts'
import { checkHeader, decodeJws } from '../auth/jws.ts'
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
      const known = cache.get(token, now())
      if (known !== undefined) {
        admit(request, known.caller)
      } else {
        const key = findKey(token)
        if (key instanceof Promise) {
          key.then(key => verify(request, token, key)).then(() => done(), done)
          return
        }
        verify(request, token, key)
      }
    } catch (error) {
      return done(error as Error)
    }
    done()
  })

  // Runs before the signature is verified: it may choose the key, and nothing else may rest on what it sees.
  function findKey (token: string): SigningKey | Promise<SigningKey> {
    const { header, payload } = decodeJws(token)
    const kid = checkHeader(header, policy.tokenProfile)
    return keys.get(payload['iss'], kid)
  }

  function verify (request: FastifyRequest, token: string, key: SigningKey): void {
    const claims = verifiedClaims(request, token, key)
    checkClaims(claims, policy, now())
    const caller = toCaller(claims, scopeClaims)
    cache.set(token, { caller, key, validity: validity(claims, policy) })
    admit(request, caller)
  }

  function admit (request: FastifyRequest, caller: Caller): void {
    request.user = caller
    checkAccess(caller, access)
  }
}, {
  name: 'auth',
  fastify: '5.x'
})

/** The secret resolver of @fastify/jwt: the key that get-jwks made, and that was found before. */
function resolveKey ({ signingKey }: FastifyRequest, _token: TokenOrHeader, done: (error: Error | null, pem: string | undefined) => void): void {
  done(null, signingKey?.pem)
}

/**
 * The claims of a token whose signature is good. The library calls back at once, since the key is at hand; a promise
 * would cost a fifth of the signature check.
 * @throws Refusal
 */
function verifiedClaims (request: FastifyRequest, token: string, key: SigningKey): Claims {
  let claims: Claims | undefined
  let fault: unknown
  const { stackTraceLimit } = Error
  // Where in the library a token turned out to be bad is of no use, and costs more than to find out that it is.
  Error.stackTraceLimit = 0
  request.signingKey = key
  request.accessToken = token
  try {
    // Given options, even none, the library would build a verifier for each call.
    request.jwtVerify<Claims>(undefined as never, (error: Error | null, verified: Claims) => {
      fault = error
      claims = verified
    })
  } finally {
    request.accessToken = ''
    Error.stackTraceLimit = stackTraceLimit
  }
  if (claims !== undefined) return claims
  throw isOfToken(fault) ? new Refusal('bad_signature', { cause: fault }) : new Error('@fastify/jwt gave no verdict', { cause: fault })
}

function isOfToken (fault: unknown): boolean {
  return /^(FST|FAST)_JWT_/.test(String((fault as { code?: unknown } | undefined)?.code))
}
