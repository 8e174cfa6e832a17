import { randomUUID } from 'node:crypto'
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT, type JWK, type JWTPayload } from 'jose'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { InvalidRequest } from 'oidc-provider/lib/helpers/errors.js'
import { forbidden, words } from './api.ts'
import { EXCHANGE_GRANT } from './clients.ts'
import type { ProviderOptions } from './config.ts'
import { users } from './users.ts'

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
/** Seconds that an exchanged token lives. */
const LIFETIME = 3600
/** The most actors of a token that can be exchanged. */
const MAX_DEPTH = 4

interface Actor { readonly sub: string, readonly act?: Actor }

/** Auth0's On-Behalf-Of exchange: a user's token for our API becomes one for another API of the tenant. */
export function exchangeTokens (provider: Provider, { issuer, resource, jwks, tenant }: ProviderOptions): void {
  const keys = createLocalJWKSet({ keys: jwks.keys.map(({ kty, n, e, kid }) => ({ kty, n, e, kid, alg: 'RS256' }) as JWK) })

  provider.registerGrantType(EXCHANGE_GRANT, async function exchange (ctx: KoaContextWithOIDC) {
    const { subject_token: token = '', subject_token_type: type, requested_token_type: requested, audience, scope: asked } = ctx.oidc.params as Record<string, string | undefined>
    const clientId = ctx.oidc.client?.clientId as string
    if (!tenant.exchange) throw forbidden('The client may not exchange tokens on behalf of users')
    if (type !== ACCESS_TOKEN || requested !== ACCESS_TOKEN) throw new InvalidRequest('Only access tokens can be exchanged for access tokens')
    const api = tenant.apis.find(({ identifier }) => identifier === audience)
    if (api === undefined) throw forbidden(`Client "${clientId}" is not authorized to access resource server "${audience}".`)

    const { payload: subject } = await jwtVerify(token, keys, { issuer, audience: resource }).catch(() => { throw new InvalidRequest('The subject token is not a valid access token of this API') })
    if (String(subject.sub).endsWith('@clients')) throw new InvalidRequest('The subject token has no user')
    // A token of `npm run token` may be of any user.
    const permissions = users.find(({ id }) => id === subject.sub)?.permissions(api.scopes) ?? api.scopes
    const scope = permissions.filter(name => asked === undefined || words(asked).includes(name)).join(' ')
    ctx.body = {
      access_token: await sign(subject, { aud: api.identifier, client_id: clientId, act: actors(subject, clientId), scope, permissions }),
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: LIFETIME,
      ...(scope !== asked && { scope })
    }
  }, ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'scope'])

  async function sign ({ sub, org_id: organization }: JWTPayload, claims: JWTPayload): Promise<string> {
    const [key] = jwks.keys as [JWK]
    return new SignJWT({ iss: issuer, sub: sub as string, ...claims, ...(organization !== undefined && { org_id: organization }) })
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: key.kid as string })
      .setIssuedAt()
      .setJti(randomUUID())
      .setExpirationTime(`${LIFETIME}s`)
      .sign(await importJWK(key, 'RS256'))
  }
}

/** The chain of actors with this client in front: the application that the user logged in to is the last. */
function actors ({ act, azp, client_id: clientId }: JWTPayload, exchanging: string): Actor {
  const before = (act ?? { sub: azp ?? clientId }) as Actor
  if (depth(before) > MAX_DEPTH) throw new InvalidRequest(`Delegation chain (\`act\` claim) depth exceeds the maximum allowed limit of ${MAX_DEPTH}`)
  return { sub: exchanging, act: before }
}

function depth ({ act }: Actor): number {
  return act === undefined ? 1 : 1 + depth(act)
}
