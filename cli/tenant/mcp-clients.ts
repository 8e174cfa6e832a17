/** An MCP client whose `client_id` is the URL of its metadata document (CIMD). */
export interface McpClient {
  readonly name: string
  readonly url: string
  /** What its users have to know besides the URL of the server. */
  readonly advice?: string
}

/** Documents that the makers of the clients publish. */
const KNOWN: Readonly<Record<string, Omit<McpClient, 'name'>>> = {
  'claude-code': {
    url: 'https://claude.ai/oauth/claude-code-client-metadata',
    advice: 'Claude Code takes a random port at each login, and Auth0 compares ports: add it with --callback-port 8080, and add http://localhost:8080/callback to the callbacks of the application'
  },
  codex: {
    url: 'https://chatgpt.com/oauth/codex/client.json',
    advice: 'Codex takes a random port at each login, and Auth0 compares ports: set mcp_oauth_callback_port in ~/.codex/config.toml, and add the callback URL that it shows to the callbacks of the application'
  },
  vscode: { url: 'https://vscode.dev/oauth/client-metadata.json' }
}

/** The names of the known clients. */
export const CLIENT_NAMES = Object.keys(KNOWN)

/** A client by its name, or by the https URL of its document. Undefined for anything else. */
export function findClient (text: string): McpClient | undefined {
  const known = KNOWN[text]
  if (known !== undefined) return { name: text, ...known }
  return text.startsWith('https://') && URL.canParse(text) ? { name: text, url: text } : undefined
}
