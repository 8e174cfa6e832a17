import { NEEDED, NEW_API } from './api.ts'
import { USUAL_CONNECTION } from './connection.ts'
import type { Desired } from './desired.ts'
import { MACHINE } from './machine.ts'
import { EXCHANGE } from './token-exchange.ts'

const NOTE = 'Written by "npm run tenant -- export --terraform". The provider has no attribute for one switch, so turn it on by hand: Dashboard > Settings > Advanced > Include Issuer in Authorization Responses.'
const [API, ROLE] = [value('auth0_resource_server.mcp.identifier'), value('auth0_role.mcp.id')]

/**
 * The same as a configuration for the Terraform provider auth0/auth0, in Terraform's JSON syntax
 * (https://developer.hashicorp.com/terraform/language/syntax/json). It uses the resources that add one scope or one
 * permission each: the plural ones remove what they do not list.
 */
export function terraform ({ identifier, names, scopes, downstream, requested: { clients, registration, connection, users } }: Desired): string {
  const values = scopes.map(scope => scope.value)
  const scopeKeys = keysOf(values)
  const clientKeys = keysOf(clients.map(({ name }) => name))
  const userKeys = keysOf(users)
  const apiKeys = keysOf(downstream.map(({ audience }) => `exchange_${audience}`))
  const afterScopes = scopeKeys.map(key => `auth0_resource_server_scope.${key}`)

  return `${JSON.stringify({
    '//': NOTE,
    terraform: { required_providers: { auth0: { source: 'auth0/auth0', version: '>= 1.53.0, < 2.0.0' } } },
    provider: { auth0: {} },
    variable: { connection_id: { type: 'string', description: `The id (con_...) of the connection ${connection ?? USUAL_CONNECTION}` } },
    import: [{ to: 'auth0_connection.users', id: value('var.connection_id') }],
    ...(users.length > 0 && { data: { auth0_user: block(userKeys, users, email => ({ query: `email:"${email}"` })) } }),
    resource: {
      auth0_tenant: {
        mcp: {
          resource_parameter_profile: 'compatibility',
          ...(clients.length > 0 && { client_id_metadata_document_supported: true, depends_on: clientKeys.map(key => `auth0_client_cimd.${key}`) }),
          ...(registration && { flags: { enable_dynamic_client_registration: true } })
        }
      },
      auth0_resource_server: { mcp: { name: names.api, identifier, ...NEEDED, ...NEW_API, lifecycle: { ignore_changes: ['scopes'] } } },
      auth0_resource_server_scope: block(scopeKeys, scopes, ({ value: scope, description }) => ({ resource_server_identifier: API, scope, description })),
      auth0_role: { mcp: { name: names.role, description: `May use the tools at ${identifier}` } },
      auth0_role_permission: block(scopeKeys, values, (_scope, key) => ({ role_id: ROLE, resource_server_identifier: API, permission: value(`auth0_resource_server_scope.${key}.scope`) })),
      ...(users.length > 0 && { auth0_user_role: block(userKeys, users, (_email, key) => ({ user_id: value(`data.auth0_user.${key}.user_id`), role_id: ROLE })) }),
      auth0_connection: { users: { name: connection ?? USUAL_CONNECTION, strategy: 'auth0', is_domain_connection: true, lifecycle: { ignore_changes: ['options', 'strategy', 'display_name'] } } },
      ...(clients.length > 0 && { auth0_client_cimd: block(clientKeys, clients, ({ url }) => ({ external_client_id: url })) }),
      auth0_client: {
        machine: { name: names.machine, app_type: MACHINE.app_type, grant_types: MACHINE.grant_types },
        ...(downstream.length > 0 && { exchange: { name: names.exchange, ...EXCHANGE, resource_server_identifier: API } })
      },
      auth0_client_grant: {
        third_parties: { default_for: 'third_party_clients', audience: API, scopes: values, subject_type: 'user', depends_on: afterScopes },
        machine: { client_id: value('auth0_client.machine.id'), audience: API, scopes: values, subject_type: 'client', depends_on: afterScopes },
        ...block(apiKeys, downstream, ({ audience, scopes: needed }) => ({ client_id: value('auth0_client.exchange.id'), audience, scopes: needed, subject_type: 'user' }))
      }
    }
  }, null, 2)}\n`
}

/** An expression that stands for the value of something else. */
function value (reference: string): string {
  return `\${${reference}}`
}

/** A name for each text that Terraform accepts, and that no other text has. */
function keysOf (texts: readonly string[]): string[] {
  const stems = texts.map(text => text.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^(?![a-z])/, 'x'))
  return stems.map((stem, i) => stems.indexOf(stem) === i ? stem : `${stem}_${i}`)
}

function block<T> (keys: readonly string[], values: readonly T[], body: (value: T, key: string) => object): object {
  return Object.fromEntries(values.map((value, i) => [keys[i], body(value, keys[i] as string)]))
}
