import { json, type Client, type Target } from './client.ts'

/** Visual Studio Code with GitHub Copilot. */
export function vsCode ({ url, name }: Target): Client {
  const server = JSON.stringify({ name, type: 'http', url })
  return {
    id: 'vscode',
    title: 'VS Code',
    how: 'Open the link, run the command, or write the file. VS Code asks for the id of an application if it cannot register itself.',
    snippets: [
      { label: 'Install link', kind: 'link', text: `vscode:mcp/install?${encodeURIComponent(server)}` },
      { label: 'Command', kind: 'shell', text: `code --add-mcp '${server}'` },
      { label: 'Or the file .vscode/mcp.json', kind: 'json', text: json({ servers: { [name]: { type: 'http', url } } }) }
    ],
    callbacks: ['http://127.0.0.1:33418', 'http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
    trap: 'The key in mcp.json is "servers", not "mcpServers". If port 33418 is taken, VS Code uses a random port and the callback does not match: close the other window.'
  }
}
