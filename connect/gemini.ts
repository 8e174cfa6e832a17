import { BY_HAND, CLIENT_ID, json, type Client, type Target } from './client.ts'

const CALLBACK = 'http://localhost:7777/oauth/callback'

/** Gemini CLI. */
export function gemini ({ url, name, scopes }: Target): Client {
  return {
    id: 'gemini',
    title: 'Gemini CLI',
    how: `Run the command, then /mcp auth ${name} in a session.`,
    snippets: [
      { label: 'Command', kind: 'shell', text: `gemini mcp add --transport http ${name} ${url}` },
      { label: 'Or the file .gemini/settings.json', kind: 'json', text: json({ mcpServers: { [name]: { httpUrl: url } } }) },
      { label: `${BY_HAND}, as a file`, kind: 'json', text: json({ mcpServers: { [name]: { httpUrl: url, oauth: { enabled: true, clientId: CLIENT_ID, scopes, redirectUri: CALLBACK } } } }) }
    ],
    callbacks: [CALLBACK],
    trap: 'The key is "httpUrl": with "url" Gemini CLI speaks the old SSE transport and fails. Its callback has a random port unless redirectUri sets it. It has no Client ID Metadata Documents.'
  }
}
