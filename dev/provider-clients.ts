import { randomBytes } from 'node:crypto'
import type { ClientMetadata, Configuration } from 'oidc-provider'

/** The first-party client for machine-to-machine calls; anyone may know its secret. */
export const m2mClient: ClientMetadata = {
  client_id: 'dev-m2m',
  client_secret: 'dev-m2m-secret',
  client_name: 'Development machine',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_post'
}

/** What a client that registers itself gets where it says nothing, as at Auth0. */
export const clientDefaults: NonNullable<Configuration['clientDefaults']> = {
  // RFC 8252: `http` on loopback with any port, custom schemes, and `https` beside them.
  // As `web`, the default of OpenID Connect, a client could not come back to another port.
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  id_token_signed_response_alg: 'RS256',
  token_endpoint_auth_method: 'client_secret_basic'
}

/** An id for a client that registered itself, marked as a third party's as at Auth0. */
export function clientId (): string {
  return `tpc_${randomBytes(16).toString('hex')}`
}

/**
 * Makes what a client registers fit what there is (RFC 7591 §2 lets us): clients name every grant and
 * scope they know, and oidc-provider would refuse the registration for a single one that it does not.
 */
export const extraClientMetadata: NonNullable<Configuration['extraClientMetadata']> = {
  properties: ['software_id', 'software_version'],
  validator (ctx, key, _value, metadata) {
    if (key !== 'software_id') return
    // A client may be granted any scope of the API; whether it is, is for the user to say.
    delete metadata.scope
    if (ctx === undefined) return
    metadata.grant_types = only(metadata.grant_types, ['authorization_code', 'refresh_token'])
    metadata.response_types = only(metadata.response_types, ['code'])
  }
}

function only<T> (values: readonly T[] | undefined, known: readonly T[]): readonly T[] | undefined {
  return Array.isArray(values) ? values.filter(value => known.includes(value)) : values
}
