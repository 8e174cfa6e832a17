import { BY_HAND, CLIENT_ID, json, type Client, type Target } from './client.ts'

const CALLBACK_PORT = 3335

/** mcp-remote, which lets clients for local servers only use a remote one. */
export function mcpRemote ({ url, name }: Target): Client {
  const args = ['-y', 'mcp-remote', url, String(CALLBACK_PORT)]
  return {
    id: 'mcp-remote',
    title: 'mcp-remote',
    how: 'For clients that only start local servers: paste the entry into their configuration file. The command tries it.',
    snippets: [
      { label: 'Entry of the configuration file', kind: 'json', text: json({ mcpServers: { [name]: { command: 'npx', args } } }) },
      { label: 'Command', kind: 'shell', text: `npx ${args.join(' ')}` },
      { label: BY_HAND, kind: 'json', text: json({ mcpServers: { [name]: { command: 'npx', args: [...args, '--static-oauth-client-info', JSON.stringify({ client_id: CLIENT_ID })] } } }) }
    ],
    callbacks: [`http://localhost:${CALLBACK_PORT}/oauth/callback`],
    trap: 'The number after the URL is the port of the callback. Without it, mcp-remote computes one from the URL (not 3334). A login must end within 30 s unless --auth-timeout allows more. It keeps logins in ~/.mcp-auth: remove that folder to start again.'
  }
}
