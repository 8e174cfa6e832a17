import { stringify } from 'yaml'
import { NEEDED, NEW_API } from './api.ts'
import { USUAL_CONNECTION } from './connection.ts'
import type { Desired } from './desired.ts'
import { MACHINE } from './machine.ts'
import { EXCHANGE } from './token-exchange.ts'

const HEAD = `# Written by "npm run tenant -- export --deploy-cli". Import it with AUTH0_ALLOW_DELETE=false, the default:
#   a0deploy import -c config.json --input_file FILE
# The scopes of an API and the permissions of a role are replaced: add those that others need.
`

/** The same as a file for auth0-deploy-cli (https://github.com/auth0/auth0-deploy-cli). */
export function deployCli ({ identifier, names, scopes, downstream, requested: { clients, registration, connection } }: Desired): string {
  const values = scopes.map(({ value }) => value)
  return HEAD + stringify({
    tenant: {
      resource_parameter_profile: 'compatibility',
      authorization_response_iss_parameter_supported: true,
      ...(clients.length > 0 && { client_id_metadata_document_supported: true }),
      ...(registration && { flags: { enable_dynamic_client_registration: true } })
    },
    resourceServers: [{ name: names.api, identifier, ...NEEDED, ...NEW_API, scopes }],
    roles: [{ name: names.role, description: `May use the tools at ${identifier}`, permissions: values.map(value => ({ permission_name: value, resource_server_identifier: identifier })) }],
    clients: [
      ...clients.map(({ name, url }) => ({ name, external_client_id: url })),
      { name: names.machine, ...MACHINE },
      ...(downstream.length > 0 ? [{ name: names.exchange, ...EXCHANGE, resource_server_identifier: identifier }] : [])
    ],
    clientGrants: [
      { default_for: 'third_party_clients', audience: identifier, subject_type: 'user', scope: values },
      { client_id: names.machine, audience: identifier, subject_type: 'client', scope: values },
      ...downstream.map(({ audience, scopes: needed }) => ({ client_id: names.exchange, audience, subject_type: 'user', scope: needed }))
    ],
    databases: [{ name: connection ?? USUAL_CONNECTION, strategy: 'auth0', is_domain_connection: true }]
  })
}
