import type { ClientMetadata } from 'oidc-provider'

/**
 * How the tenant is set up that the development issuer stands in for. Each member is a switch of Auth0's dashboard or
 * Management API. The defaults are those of a tenant at which every MCP client can log in.
 */
export interface Tenant {
  /** Whether clients may register (`enable_dynamic_client_registration`). If not, the endpoint is listed all the same. */
  readonly dcr: boolean
  /** Whether the metadata offers client ID metadata documents (`client_id_metadata_document_supported`). */
  readonly cimd: boolean
  /** The addresses of the metadata documents that an administrator imported. */
  readonly documents: 'all' | readonly string[]
  /** Whether `resource` counts as `audience` (`resource_parameter_profile: compatibility`). */
  readonly resourceParameter: boolean
  /** Whether answers to the client name the issuer (`authorization_response_iss_parameter_supported`). */
  readonly issParameter: boolean
  /** An API that every request without `audience` is for, whatever its `resource` (`default_audience`). */
  readonly defaultAudience: string | undefined
  /** The scopes that third-party clients may have (the grant with `default_for: third_party_clients`). */
  readonly thirdPartyGrant: 'all' | 'none' | readonly string[]
  /** Whether third-party clients can use a connection (`is_domain_connection`). */
  readonly domainConnection: boolean
  /** Whether third-party clients get errors by a redirect (`redirection_policy: allow_always`). */
  readonly redirectErrors: boolean
  /** Whether loopback callbacks of registered clients are compared with their port, as those of `clients` always are. */
  readonly exactCallbacks: boolean
  /** Whether the machine client has a grant for the API. */
  readonly machineGrant: boolean
  /** Which scopes a machine gets that names none: none, or all. */
  readonly machinePolicy: 'require_client_grant' | 'allow_all'
  /** The form of access tokens (`token_dialect`). */
  readonly dialect: 'rfc9068_profile_authz' | 'access_token_authz'
  /** What signs access tokens (`signing_alg`). */
  readonly signingAlg: 'RS256' | 'HS256'
  /** The other APIs of the tenant. `dev-obo` has a user grant for each. */
  readonly apis: ReadonlyArray<{ readonly identifier: string, readonly scopes: readonly string[] }>
  /** Whether `dev-obo` may exchange tokens (`token_exchange`). */
  readonly exchange: boolean
  /** Clients made by hand. They are the tenant's own, unless the id begins with `tpc_`. */
  readonly clients: readonly ClientMetadata[]
}

/** The defaults. */
export const TENANT: Tenant = {
  dcr: true,
  cimd: true,
  documents: 'all',
  resourceParameter: true,
  issParameter: true,
  defaultAudience: undefined,
  thirdPartyGrant: 'all',
  domainConnection: true,
  redirectErrors: false,
  exactCallbacks: false,
  machineGrant: true,
  machinePolicy: 'require_client_grant',
  dialect: 'rfc9068_profile_authz',
  signingAlg: 'RS256',
  apis: [],
  exchange: true,
  clients: []
}

/** Whether a client belongs to somebody else: it registered itself, or its id is the address of its document. */
export function isThirdParty (clientId: string | undefined): boolean {
  return clientId !== undefined && /^(?:tpc_|https:)/.test(clientId)
}

/** The scopes of the API that third-party clients may have; undefined without a grant. */
export function thirdPartyScopes ({ thirdPartyGrant: granted }: Tenant, scopes: readonly string[]): readonly string[] | undefined {
  if (granted === 'none') return undefined
  return granted === 'all' ? scopes : granted
}
