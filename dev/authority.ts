import { startIssuer, type Issuer, type IssuerOptions, type SigningPair } from './issuer.ts'
import { mintTokens } from './mint.ts'
import { createProvider } from './provider.ts'

/** What stands in for an Auth0 tenant: tokens of any shape at once, and a whole login for clients. */
export async function startAuthority (options: IssuerOptions, pair?: SigningPair): Promise<Issuer> {
  const issuer = await startIssuer(options, pair)
  const jwks = { keys: issuer.keys.map(({ kid, privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), kid })) }
  const authorize = createProvider({ issuer: issuer.url, resource: options.audience, scopes: options.scopes, jwks })
  issuer.otherwise = mintTokens(issuer, authorize)
  return issuer
}
