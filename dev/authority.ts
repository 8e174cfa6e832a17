import { startIssuer, type Issuer, type IssuerOptions } from './issuer.ts'
import { mintTokens } from './mint.ts'
import { createProvider } from './provider/index.ts'
import { TENANT, type Tenant } from './provider/tenant.ts'
import { memoryState, type State } from './state.ts'

/** The options of the issuer, and of the tenant. */
export interface AuthorityOptions extends IssuerOptions {
  /** Settings that differ from those of a tenant at which every client can log in. */
  readonly tenant?: Partial<Tenant> | undefined
}

/**
 * Starts the stand-in for an Auth0 tenant: an issuer with a whole login for clients, and tokens of any shape for
 * `npm run token`.
 *
 * @param state default: one that ends with the process
 */
export async function startAuthority (options: AuthorityOptions, state: State = memoryState()): Promise<Issuer> {
  const issuer = await startIssuer(options, state.pair)
  // The file is opened once the port is ours, since another issuer on this port would use the same file.
  state.save()
  const jwks = { keys: issuer.keys.map(({ kid, privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), kid })) }
  const authorize = createProvider({ issuer: issuer.url, resource: options.audience, scopes: options.scopes, jwks, state, tenant: { ...TENANT, ...options.tenant } })
  issuer.otherwise = mintTokens(issuer, authorize)
  return issuer
}
