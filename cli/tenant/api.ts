import { command, detailsOf, missing, patch, type Finding, type Members, type Step } from './change.ts'
import type { Desired, Permission } from './desired.ts'
import type { Management } from './management.ts'

interface Api extends Members {
  readonly id: string
  readonly identifier: string
  readonly is_system?: boolean
  readonly scopes?: readonly Permission[]
}

/** Members of a new API. An API that exists keeps its own. */
export const NEW_API = { token_dialect: 'rfc9068_profile_authz', token_lifetime: 3600, allow_offline_access: true }

/** Members that every API of this server needs. */
export const NEEDED = { signing_alg: 'RS256', enforce_policies: true }

/** The API, with one permission for each scope of the tools. Permissions that no tool needs stay. */
export const api: Step = async (tenant, desired) => {
  const { identifier } = desired
  const all = await listApis(tenant)
  const found = all.find(api => api.identifier === identifier)
  if (found === undefined) {
    const alike = all.filter(api => plain(api.identifier) === plain(identifier)).map(api =>
      `The tenant has an API with the identifier ${JSON.stringify(api.identifier)}, which differs from ${JSON.stringify(identifier)}. An identifier cannot be changed, so a second API is made.`)
    return [...alike, creation(tenant, desired)]
  }
  if (found.is_system === true) return [`The API ${identifier} belongs to Auth0 and cannot be changed: set MCP_RESOURCE_URL to the URL of your server.`]

  const path = `resource-servers/${found.id}`
  const members = { signing_alg: found['signing_alg'], enforce_policies: found['enforce_policies'] ?? false, token_dialect: found['token_dialect'] ?? 'access_token' }
  return [
    ...patch(tenant, `API ${identifier}`, path, members, { ...NEEDED, token_dialect: dialect(members.token_dialect as string, desired.onlyRfc9068) }),
    ...permissions(tenant, path, found.scopes ?? [], desired),
    ...obstacles(found)
  ]
}

/** All APIs of the tenant. */
export function listApis (tenant: Management): Promise<Api[]> {
  return tenant.list<Api>('resource-servers', 'resource_servers')
}

function creation (tenant: Management, { identifier, names, scopes }: Desired): Finding {
  const body = { name: names.api, identifier, ...NEEDED, ...NEW_API, scopes }
  return {
    action: 'create',
    what: `API ${identifier}`,
    details: [...detailsOf({ ...body, scopes: undefined }).filter(line => !line.startsWith('scopes')), ...scopes.map(describe)],
    async carryOut () {
      const { id } = await tenant.send<Api>('POST', 'resource-servers', body)
      return [command('delete', `resource-servers/${id}`)]
    }
  }
}

/** Auth0 replaces the list, so the permissions of others are sent along. */
function permissions (tenant: Management, path: string, found: readonly Permission[], { identifier, scopes }: Desired): Finding[] {
  const added = missing(found.map(({ value }) => value), scopes.map(({ value }) => value))
  if (added.length === 0) return []
  const lacking = scopes.filter(({ value }) => added.includes(value))
  return patch(tenant, `permissions of the API ${identifier}`, path, { scopes: found }, { scopes: [...found, ...lacking] })
    .map(change => ({ ...change, details: lacking.map(describe) }))
}

function obstacles ({ proof_of_possession: proof, token_encryption: encryption, subject_type_authorization: policies }: Api): string[] {
  const { user, client } = (policies ?? {}) as Record<string, { readonly policy?: unknown } | undefined>
  return [
    proof && 'The API binds its tokens to keys (Sender Constraining), and the server refuses such tokens.',
    encryption && 'The API encrypts its tokens (Token Encryption), and the server cannot read them.',
    user?.policy === 'deny_all' && 'The API denies access to all users (Application Access Policy), so nobody can log in for it.',
    client?.policy === 'deny_all' && 'The API denies access to all machines (Application Access Policy), so "npm run token" gets no token.'
  ].flatMap(sentence => sentence ? [`${sentence} Change it in Dashboard > Applications > APIs > your API > Settings.`] : [])
}

/** The dialect with permissions in the token that is closest to the present one. */
function dialect (found: string, onlyRfc9068: boolean): string {
  return onlyRfc9068 ? NEW_API.token_dialect : found.replace(/(?:_authz)?$/, '_authz')
}

function describe ({ value, description }: Permission): string {
  return `permission ${value}: ${description}`
}

function plain (identifier: string): string {
  return identifier.toLowerCase().replace(/\/+$/, '').replace(/^http:/, 'https:')
}
