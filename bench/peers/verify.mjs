import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

const issuer = process.env.AUTH0_DOMAIN
const audience = process.env.AUTH0_AUDIENCE
const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer))

const rules = {
  issuer,
  audience,
  algorithms: ['RS256'],
  requiredClaims: ['sub', 'iat', 'exp'],
  clockTolerance: 5
}

/** The scope that the one tool of every server here asks for. */
export const neededScope = 'tool:whoami'

/**
 * Checks an access token as the server under test does: signature, issuer, audience, times, subject and client.
 * Resolves to the SDK's `AuthInfo`. If the token is at fault, rejects with the error that `refuse` makes of the reason.
 */
export async function verifyAccessToken (token, refuse) {
  const { payload } = await jwtVerify(token, keys, rules).catch(error => {
    const ours = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError)
    throw ours ? error : refuse(error.code)
  })

  const clientId = payload.azp ?? payload.client_id
  if (typeof clientId !== 'string' || clientId === '') throw refuse('no client')

  return {
    token,
    clientId,
    scopes: typeof payload.scope === 'string' ? payload.scope.split(' ') : [],
    expiresAt: payload.exp,
    extra: payload
  }
}
