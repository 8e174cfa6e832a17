/** A call without its token. */
export interface Call {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const VERSION = '2026-07-28'
const COMMON = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

/** The calls that are measured. Their headers tell the bare servers what to answer. */
export const CALLS = {
  modern: modernCall('tools/call', 'whoami'),
  legacy: {
    headers: { ...COMMON, 'MCP-Protocol-Version': '2025-11-25' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } })
  },
  list: modernCall('tools/list')
} satisfies Record<string, Call>

export type CallName = keyof typeof CALLS

function modernCall (method: string, name?: string): Call {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const params = name === undefined ? { _meta } : { name, arguments: {}, _meta }
  return {
    headers: { ...COMMON, 'MCP-Protocol-Version': VERSION, 'Mcp-Method': method, ...(name !== undefined && { 'Mcp-Name': name }) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  }
}
