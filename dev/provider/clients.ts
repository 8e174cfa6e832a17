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

/** The grant type of RFC 8693 §2.1. */
export const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** The client that exchanges tokens of users (`app_type: resource_server`); anyone may know its secret. */
export const oboClient = {
  client_id: 'dev-obo',
  client_secret: 'dev-obo-secret-for-everybody',
  client_name: 'Development server, on behalf of users',
  grant_types: [EXCHANGE_GRANT],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_post'
} satisfies ClientMetadata

/**
 * The defaults of a client that registers itself or is a document, as at Auth0.
 * @param exactCallbacks whether the port of a loopback callback counts
 */
export function clientDefaults (exactCallbacks: boolean): NonNullable<Configuration['clientDefaults']> {
  return {
    // `native`: `http` on loopback with any port (RFC 8252 §7.3), custom schemes, and `https` beside them.
    application_type: exactCallbacks ? 'web' : 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    id_token_signed_response_alg: 'RS256',
    token_endpoint_auth_method: 'client_secret_post'
  }
}

/** A client made by hand. Auth0 compares its callbacks exactly, as oidc-provider does for `web`. */
export function handMade (client: ClientMetadata): ClientMetadata {
  return { application_type: 'web', token_endpoint_auth_method: 'none', ...client }
}

/** An id for a client that registered itself, marked as a third party's as at Auth0. */
export function clientId (): string {
  return `tpc_${randomBytes(16).toString('hex')}`
}

/**
 * Removes from a registration what this issuer does not have (allowed by RFC 7591 §2): clients name every grant and
 * scope that they know, and oidc-provider would refuse the registration for one unknown name.
 */
export const extraClientMetadata: NonNullable<Configuration['extraClientMetadata']> = {
  properties: ['software_id', 'software_version'],
  validator (ctx, key, _value, metadata) {
    if (key !== 'software_id') return
    // A client may ask for any scope of the API; the user decides.
    delete metadata.scope
    if (ctx === undefined) return
    metadata.grant_types = only(metadata.grant_types, ['authorization_code', 'refresh_token'])
    metadata.response_types = only(metadata.response_types, ['code'])
  }
}

function only<T> (values: readonly T[] | undefined, known: readonly T[]): readonly T[] | undefined {
  return Array.isArray(values) ? values.filter(value => known.includes(value)) : values
}
