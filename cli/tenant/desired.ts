import type { Config } from '../../config.ts'
import { scopesOf, type Tool } from '../../mcp/tool.ts'
import { downstreamOf, type Downstream } from './downstream.ts'
import type { McpClient } from './mcp-clients.ts'

/** The state that the tenant should have. */
export interface Desired {
  /** The identifier of the API: MCP_RESOURCE_URL, byte for byte. */
  readonly identifier: string
  /** The names of an API, of a role and of applications that have to be made. */
  readonly names: { readonly api: string, readonly role: string, readonly machine: string, readonly exchange: string }
  /** The permissions of the API. */
  readonly scopes: readonly Permission[]
  /** Whether the server takes tokens of RFC 9068's profile only. */
  readonly onlyRfc9068: boolean
  /** The client id of the machine behind `npm run token`, if it is known. */
  readonly machineId: string | undefined
  /** The APIs that tools call as the user. */
  readonly downstream: readonly Downstream[]
  /** OBO_CLIENT_ID, if it is set. */
  readonly exchangeId: string | undefined
  readonly requested: Requested
}

/** A permission of the API. */
export interface Permission {
  readonly value: string
  readonly description: string
}

/** What the options of the command ask for, besides the needs of the tools. */
export interface Requested {
  /** The clients whose metadata documents are imported. */
  readonly clients: readonly McpClient[]
  /** Whether any client may register itself (DCR). False leaves the tenant as it is. */
  readonly registration: boolean
  /** The connection that MCP clients log in with. Default: one that is at domain level already, or the usual one. */
  readonly connection: string | undefined
  /** The e-mail addresses of users who get the role. */
  readonly users: readonly string[]
}

/** Derives the state of the tenant from the tools and the settings. */
export function desiredState (tools: readonly Tool[], server: { readonly name: string, readonly title?: string | undefined }, config: Config, machineId: string | undefined, requested: Requested): Desired {
  const scopes = scopesOf(...tools)
  return {
    identifier: config.resourceUrl,
    names: { api: server.title ?? server.name, role: `${server.name} user`, machine: `${server.name} machine`, exchange: `${server.name} exchange` },
    scopes: scopes.map(value => ({ value, description: description(tools.filter(tool => scopesOf(tool).includes(value)).map(({ name }) => name)) })),
    onlyRfc9068: config.claims.tokenProfile === 'rfc9068',
    machineId,
    downstream: downstreamOf(tools),
    exchangeId: config.exchangeClient?.clientId,
    requested
  }
}

// Users read it on the consent page.
function description (names: readonly string[]): string {
  return `Use the ${names.length === 1 ? 'tool' : 'tools'} ${names.join(', ')}`
}
