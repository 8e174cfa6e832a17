import fastifyJwt, { type TokenOrHeader } from '@fastify/jwt'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Caller, Claims } from '../auth/caller.ts'
import type { SigningKey } from '../auth/key-set.ts'
import { Refusal } from '../auth/refusal.ts'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: Claims
    user: Caller
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * The claims of a token that this key signed, none of which has been looked at, or a Refusal: `bad_signature`.
     * @throws Error where the library gives no verdict
     */
    verifySignature (token: string, key: SigningKey): Claims | Refusal
    /** The raw token, while its signature is verified. Never logged, never handed on. */
    accessToken: string
    signingKey: SigningKey | null
  }
}

/** @fastify/jwt, kept to the one thing that it is to do here: verify RS256 with the key that it is given. */
export default fp(async function jwt (app) {
  app.decorateRequest('accessToken', '')
  app.decorateRequest('signingKey', null)
  app.decorateRequest('verifySignature', verifySignature)

  await app.register(fastifyJwt, {
    // Where the library puts what it verified. It is not a caller yet.
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
}, {
  name: 'jwt',
  fastify: '5.x'
})

/** The secret resolver: the key that get-jwks made, and that was found before. */
function resolveKey ({ signingKey }: FastifyRequest, _token: TokenOrHeader, done: (error: Error | null, pem: string | undefined) => void): void {
  done(null, signingKey?.pem)
}

// The library calls back at once, since the key is at hand; a promise would cost a fifth of the signature check.
function verifySignature (this: FastifyRequest, token: string, key: SigningKey): Claims | Refusal {
  let claims: Claims | undefined
  let fault: unknown
  const { stackTraceLimit } = Error
  // Where in the library a token turned out to be bad is of no use, and costs more than to find out that it is.
  Error.stackTraceLimit = 0
  this.signingKey = key
  this.accessToken = token
  try {
    // Given options, even none, the library would build a verifier for each call.
    this.jwtVerify<Claims>(undefined as never, (error: Error | null, verified: Claims) => {
      fault = error
      claims = verified
    })
  } finally {
    this.accessToken = ''
    Error.stackTraceLimit = stackTraceLimit
  }
  if (claims !== undefined) return claims
  if (isOfToken(fault)) return new Refusal('bad_signature')
  throw new Error('@fastify/jwt gave no verdict', { cause: fault })
}

function isOfToken (fault: unknown): boolean {
  return /^(FST|FAST)_JWT_/.test(String((fault as { code?: unknown } | undefined)?.code))
}
