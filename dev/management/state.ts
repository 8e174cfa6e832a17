import { users } from '../provider/users.ts'

/** A thing of the tenant, under the member names of the API. */
export type Item = Record<string, unknown>

/** What a tenant holds, as far as the stand-in for the Management API knows it. Members have the API's own names. */
export interface TenantState {
  readonly settings: Item & { flags: Item }
  readonly resourceServers: Item[]
  readonly clientGrants: Item[]
  readonly roles: Item[]
  /** The permissions of each role, by its id. */
  readonly rolePermissions: Map<string, Item[]>
  /** The ids of the roles of each user, by the user's id. */
  readonly userRoles: Map<string, string[]>
  readonly connections: Item[]
  readonly clients: Item[]
  readonly users: Item[]
  readonly rules: Item[]
  /** The metadata documents that can be imported, by URL. The real API fetches them. */
  readonly documents: Map<string, Item>
}

/** A tenant as Auth0 makes it: without an API of one's own, with one database, and with the users of the development issuer. */
export function emptyTenant (): TenantState {
  return {
    settings: { flags: {}, friendly_name: 'Tests' },
    resourceServers: [{ id: 'management', name: 'Auth0 Management API', identifier: 'https://tenant.test/api/v2/', is_system: true, scopes: [] }],
    clientGrants: [],
    roles: [],
    rolePermissions: new Map(),
    userRoles: new Map(),
    connections: [{ id: 'con_users', name: 'Username-Password-Authentication', display_name: 'Our users', strategy: 'auth0', options: { brute_force_protection: true } }],
    clients: [{ client_id: 'default', name: 'Default App', app_type: 'regular_web' }],
    users: users.map(({ id, email }) => ({ user_id: id, email })),
    rules: [],
    documents: new Map()
  }
}
