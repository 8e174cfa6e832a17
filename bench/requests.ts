/** A call but for its token. */
export interface Call {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const accept = 'application/json, text/event-stream'
const modernVersion = '2026-07-28'

/** The calls that are measured. Their headers tell the bare servers what to answer. */
export const calls = {
  modern: modernCall('tools/call', 'whoami'),
  legacy: {
    headers: { 'MCP-Protocol-Version': '2025-11-25' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } })
  },
  list: modernCall('tools/list')
} satisfies Record<string, Call>

/** The name of one of them. */
export type CallName = keyof typeof calls

/** Writes a call out in full but for the token, which goes between the two halves. */
export function halves ({ headers, body }: Call, port: number, withToken: boolean): readonly [string, string] {
  const lines = [
    'POST /mcp HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Accept: ${accept}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  ]
  const before = withToken ? [...lines, 'Authorization: Bearer '] : lines
  return [before.join('\r\n'), `\r\n\r\n${body}`]
}

/** Sends a call once, the easy way. */
export async function send ({ headers, body }: Call, port: number, token?: string) {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: {
      accept,
      'content-type': 'application/json',
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
    },
    body
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

function modernCall (method: string, name?: string): Call {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': modernVersion,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const params = name === undefined ? { _meta } : { name, arguments: {}, _meta }

  return {
    headers: {
      'MCP-Protocol-Version': modernVersion,
      'Mcp-Method': method,
      ...(name === undefined ? {} : { 'Mcp-Name': name })
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  }
}
