import { BY_HAND, CLIENT_ID, json, type Client, type Target } from './client.ts'

const CALLBACK_PORT = 8080

/** Claude on the web, on the desktop and on phones. */
export function claude ({ url }: Target): Client {
  return {
    id: 'claude',
    title: 'Claude (web and desktop)',
    how: 'Open Customize > Connectors > + > Add custom connector, give it a name and this URL. For an application that you registered by hand, enter its id and secret under Advanced settings.',
    snippets: [{ label: 'URL of the connector', kind: 'url', text: url }],
    callbacks: ['https://claude.ai/api/mcp/auth_callback', 'https://claude.com/api/mcp/auth_callback'],
    trap: 'The calls come from Anthropic\'s network, not from your machine: the URL needs https on port 443 at a public address, so localhost needs a tunnel. The file claude_desktop_config.json is for local servers only.'
  }
}

/** Claude Code, the command line. */
export function claudeCode ({ url, name, scopes }: Target): Client {
  return {
    id: 'claude-code',
    title: 'Claude Code',
    how: `Run the command, then "claude mcp login ${name}", or /mcp in a session.`,
    snippets: [
      { label: 'Command', kind: 'shell', text: `claude mcp add --transport http ${name} ${url}` },
      { label: 'Or the file .mcp.json of a project', kind: 'json', text: json({ mcpServers: { [name]: { type: 'http', url } } }) },
      { label: BY_HAND, kind: 'shell', text: `claude mcp add --transport http --client-id ${CLIENT_ID} --callback-port ${CALLBACK_PORT} ${name} ${url}` },
      { label: `${BY_HAND}, as a file`, kind: 'json', text: json({ mcpServers: { [name]: { type: 'http', url, oauth: { clientId: CLIENT_ID, callbackPort: CALLBACK_PORT, scopes: scopes.join(' ') } } } }) }
    ],
    callbacks: [`http://localhost:${CALLBACK_PORT}/callback`],
    trap: 'The callback has a random port unless --callback-port sets it, and Auth0 compares ports: without Dynamic Client Registration, set the port and register it. Options stand before the name.'
  }
}
