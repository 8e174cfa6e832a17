import { TENANT, type Tenant } from '../provider/tenant.ts'
import type { TenantState } from './state.ts'

/** The switches of the development issuer that follow from what the Management API holds for an API. */
export function issuerTenant ({ settings, resourceServers, clientGrants, connections, clients }: TenantState, identifier: string): Tenant {
  const api = resourceServers.find(api => api['identifier'] === identifier)
  const grants = clientGrants.filter(({ audience }) => audience === identifier)
  const exchanging = clients.find(client => client['app_type'] === 'resource_server' && client['resource_server_identifier'] === identifier)
  const profiles = (exchanging?.['token_exchange'] as { allow_any_profile_of_type?: string[] } | undefined)?.allow_any_profile_of_type
  const thirdParties = grants.find(grant => grant['default_for'] === 'third_party_clients' && grant['subject_type'] === 'user')
  return {
    ...TENANT,
    dcr: settings.flags['enable_dynamic_client_registration'] === true,
    cimd: settings['client_id_metadata_document_supported'] === true,
    documents: clients.flatMap(({ external_client_id: url }) => typeof url === 'string' ? [url] : []),
    resourceParameter: settings['resource_parameter_profile'] === 'compatibility',
    issParameter: settings['authorization_response_iss_parameter_supported'] === true,
    defaultAudience: settings['default_audience'] as string | undefined,
    thirdPartyGrant: api === undefined || thirdParties === undefined ? 'none' : thirdParties['scope'] as string[],
    domainConnection: connections.some(connection => connection['is_domain_connection'] === true),
    machineGrant: grants.some(grant => grant['client_id'] !== undefined && grant['subject_type'] === 'client'),
    exchange: profiles?.includes('on_behalf_of_token_exchange') === true,
    apis: clientGrants.filter(grant => exchanging !== undefined && grant['client_id'] === exchanging['client_id'] && grant['subject_type'] === 'user').map(({ audience, scope }) => ({ identifier: audience as string, scopes: scope as string[] }))
  }
}
