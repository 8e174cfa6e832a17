import type { Access, ServerInfo, Tool } from '../mcp/tool.ts'
import whoami from './whoami.ts'

/** What clients are told of this server. `instructions` go to the model: say when to use these tools, in a sentence or two. */
export const server: ServerInfo = {
  name: 'auth0-mcp-server',
  title: 'MCP server behind Auth0',
  version: '0.1.0'
}

/**
 * Rules for all tools: scopes that include others (`implies: { 'files:write': ['files:read'] }`), and a hook that
 * decides about each call (`authorize`).
 */
export const access: Access = {}

/** Every tool of this server, in the order in which clients see them. */
export const tools: readonly Tool[] = [
  whoami
]
