import type { Client, Target } from './client.ts'

/** MCP Inspector, version 2. */
export function inspector ({ url }: Target): Client {
  return {
    id: 'inspector',
    title: 'MCP Inspector',
    how: 'Run the first command (it needs Node 22.19 or newer), choose Streamable HTTP, enter the URL and click Connect. The second command stays in the terminal.',
    snippets: [
      { label: 'In the browser', kind: 'shell', text: 'npx -y @modelcontextprotocol/inspector' },
      { label: 'In the terminal', kind: 'shell', text: `npx -y @modelcontextprotocol/inspector --cli ${url} --transport http --method tools/list` }
    ],
    callbacks: ['http://localhost:6274/oauth/callback', 'http://127.0.0.1:6276/oauth/callback'],
    trap: 'The first callback is that of the browser and follows the address at which you opened it: localhost and 127.0.0.1 are different callbacks. The second one is that of the terminal.'
  }
}
