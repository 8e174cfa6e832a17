import type { Apis } from '../api/open.ts'
import type { Config } from '../config.ts'
import { checkServerInfo } from '../mcp/declaration/declaration.ts'
import { createRegistry, type Registry } from '../mcp/registry.ts'
import type { Access, ServerInfo, Tool } from '../mcp/tool.ts'
import { startWarnings } from './start-warnings.ts'
import { baselineOf, refuseSharedApprovals, refuseUnseenClaims, warnOfApis, type Log } from './tool-settings.ts'

/** The tools as they are declared, and the settings that they are checked against. */
export interface ToolOptions {
  readonly tools: readonly Tool[]
  /** What clients are told of the server. */
  readonly server: ServerInfo
  /** Rules for all tools. */
  readonly access: Access
  readonly config: Config
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The tools, checked and ready to be called. */
export interface OpenTools {
  readonly registry: Registry
  /** The scopes that clients log in with. */
  readonly loginScopes: readonly string[]
  /** Takes the token of a caller, for tools that call an API as the user; undefined: there is none. */
  readonly remember: Apis['remember'] | undefined
}

/**
 * Checks the tools against their contract and against the settings.
 * @throws Error if the declaration of a tool is wrong, or if a setting does not fit the tools
 */
export async function openTools ({ tools, server, access, config, log, now }: ToolOptions): Promise<OpenTools> {
  const warnings = startWarnings(log)
  checkServerInfo(server)
  // Loads nothing and keeps no token unless a tool calls an API.
  const apis = tools.some(tool => (tool as Tool | undefined)?.api !== undefined)
    ? await (await import('../api/open.ts')).openApis(config.exchangeClient, now)
    : undefined
  const registry = createRegistry(tools, message => warnings.warn(message), access, apis?.open)
  if (config.exchangeClient === undefined) warnOfApis(tools, warnings)
  refuseSharedApprovals(config, registry)
  refuseUnseenClaims(config, registry)
  return {
    registry,
    loginScopes: config.challengeScopes === 'all' ? registry.scopes : baselineOf(registry),
    remember: apis?.remember
  }
}
