import { createHash } from 'node:crypto'
import { BY_HAND, CLIENT_ID, type Client, type Target } from './client.ts'

const CALLBACK_PORT = 8765

/** ChatGPT with developer mode. */
export function chatgpt ({ url }: Target): Client {
  return {
    id: 'chatgpt',
    title: 'ChatGPT',
    how: 'Switch on Settings > Apps > Advanced > Developer mode, then create an app with a name, this URL and OAuth.',
    snippets: [{ label: 'URL of the app', kind: 'url', text: url }],
    callbacks: ['https://chatgpt.com/connector/oauth/CALLBACK_ID', 'https://chatgpt.com/connector_platform_oauth_redirect'],
    trap: 'Each app has a CALLBACK_ID of its own, which its settings show: register that URL, as Auth0 compares every byte. The calls come from OpenAI\'s network, so the URL needs https at a public address.'
  }
}

/** Codex: the command line, the extension for editors, and the desktop app share one file. */
export function codex ({ url, name }: Target): Client {
  const entry = `[mcp_servers.${name}]\nurl = "${url}"`
  return {
    id: 'codex',
    title: 'Codex',
    how: 'Run both commands, or write the file and run the second one.',
    snippets: [
      { label: 'Commands', kind: 'shell', text: `codex mcp add ${name} --url ${url}\ncodex mcp login ${name}` },
      { label: 'Or the file ~/.codex/config.toml', kind: 'toml', text: entry },
      { label: `${BY_HAND}, in ~/.codex/config.toml`, kind: 'toml', text: `mcp_oauth_callback_port = ${CALLBACK_PORT}\n\n${entry}\n\n[mcp_servers.${name}.oauth]\nclient_id = "${CLIENT_ID}"` }
    ],
    callbacks: [`http://127.0.0.1:${CALLBACK_PORT}/callback/${callbackId(url)}`],
    trap: 'Codex adds an id of the server to the callback, also to a callback_url that you set: register the whole URL. Old versions send no resource parameter, and Auth0 then gives an opaque token: update Codex.'
  }
}

/** The end of the callback path (openai/codex, `callback_id_from_server_url` of codex-rs/rmcp-client). */
function callbackId (url: string): string {
  return createHash('sha256').update(new URL(url).href).digest().subarray(0, 9).toString('base64url')
}
