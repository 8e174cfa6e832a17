import { BY_HAND, CLIENT_ID, json, type Client, type Target } from './client.ts'

/** The editor Cursor. */
export function cursor ({ url, name, scopes }: Target): Client {
  const config = Buffer.from(JSON.stringify({ url })).toString('base64')
  return {
    id: 'cursor',
    title: 'Cursor',
    how: 'Open the link, or write the file; then click Connect beside the server in the settings of MCP.',
    snippets: [
      { label: 'Install link', kind: 'link', text: `cursor://anysphere.cursor-deeplink/mcp/install?name=${name}&config=${encodeURIComponent(config)}` },
      { label: 'Or the file ~/.cursor/mcp.json or .cursor/mcp.json', kind: 'json', text: json({ mcpServers: { [name]: { url } } }) },
      { label: `${BY_HAND}, as a file`, kind: 'json', text: json({ mcpServers: { [name]: { url, auth: { CLIENT_ID, scopes } } } }) }
    ],
    callbacks: ['http://localhost:8787/callback', 'cursor://anysphere.cursor-mcp/oauth/callback', 'https://www.cursor.com/agents/mcp/oauth/callback'],
    trap: 'Cursor uses three callbacks and registers them together: register all of them, since an issuer that refuses one refuses all.'
  }
}
