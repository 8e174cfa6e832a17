import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'smol-toml'
import { nameFor, type Client, type Snippet } from '../../connect/client.ts'
import { clientsFor } from '../../connect/index.ts'

const url = 'https://mcp.example.com/tools/mcp'
const clients = clientsFor({ url, name: 'my-server', scopes: ['tool:whoami', 'math:use'] })
const snippetOf = (id: string, n: number): string => (clientOf(id).snippets[n] as Snippet).text
// The parser's objects have no prototype.
const toml = (id: string, n: number): unknown => structuredClone(parse(snippetOf(id, n)))
const parsed = (id: string, n: number): unknown => JSON.parse(snippetOf(id, n))

t.test('each client has snippets, a known trap, and a unique id and title', async t => {
  t.equal(new Set(clients.map(({ id }) => id)).size, clients.length)
  t.equal(new Set(clients.map(({ title }) => title)).size, clients.length)
  for (const { id, snippets, trap, how } of clients) {
    t.match(id, /^[a-z-]+$/)
    t.ok(snippets.length > 0 && trap !== '' && how !== '', id)
  }
})

t.test('each callback is a URL', async t => {
  const without = clients.filter(({ callbacks }) => callbacks.length === 0)
  t.strictSame(without.map(({ id }) => id), ['curl', 'httpie'])
  for (const { callbacks } of clients) for (const callback of callbacks) t.ok(URL.canParse(callback), callback)
})

t.test('JSON files hold the server under the key that the client reads', async t => {
  t.strictSame(parsed('claude-code', 1), { mcpServers: { 'my-server': { type: 'http', url } } })
  t.match(parsed('claude-code', 3), { mcpServers: { 'my-server': { oauth: { callbackPort: 8080, scopes: 'tool:whoami math:use' } } } })
  t.strictSame(parsed('vscode', 2), { servers: { 'my-server': { type: 'http', url } } })
  t.strictSame(parsed('cursor', 1), { mcpServers: { 'my-server': { url } } })
  t.match(parsed('cursor', 2), { mcpServers: { 'my-server': { auth: { scopes: ['tool:whoami', 'math:use'] } } } })
  t.strictSame(parsed('gemini', 1), { mcpServers: { 'my-server': { httpUrl: url } } })
  t.match(parsed('gemini', 2), { mcpServers: { 'my-server': { oauth: { redirectUri: clientOf('gemini').callbacks[0] } } } })
  t.strictSame(parsed('mcp-remote', 0), { mcpServers: { 'my-server': { command: 'npx', args: ['-y', 'mcp-remote', url, '3335'] } } })
  const { mcpServers } = parsed('mcp-remote', 2) as { mcpServers: Record<string, { args: string[] }> }
  t.strictSame(JSON.parse(mcpServers['my-server']?.args.at(-1) as string), { client_id: 'YOUR_CLIENT_ID' })
  t.equal(kinds('json').length, 9, 'no other snippet is JSON')
})

t.test('TOML files hold the server and the port of the callback', async t => {
  t.strictSame(toml('codex', 1), { mcp_servers: { 'my-server': { url } } })
  t.strictSame(toml('codex', 2), { mcp_oauth_callback_port: 8765, mcp_servers: { 'my-server': { url, oauth: { client_id: 'YOUR_CLIENT_ID' } } } })
  t.equal(kinds('toml').length, 2, 'no other snippet is TOML')
})

t.test('the callback of Codex ends with the hash of the URL', async t => {
  const id = createHash('sha256').update(url).digest('base64url').slice(0, 12)
  t.strictSame(clientOf('codex').callbacks, [`http://127.0.0.1:8765/callback/${id}`])
})

t.test('links open the client and hold the server', async t => {
  const vscode = new URL(snippetOf('vscode', 0))
  t.equal(vscode.protocol + vscode.pathname, 'vscode:mcp/install')
  t.strictSame(JSON.parse(decodeURIComponent(vscode.search.slice(1))), { name: 'my-server', type: 'http', url })

  const cursor = new URL(snippetOf('cursor', 0))
  t.equal(cursor.protocol + cursor.host + cursor.pathname, 'cursor:anysphere.cursor-deeplink/mcp/install')
  t.equal(cursor.searchParams.get('name'), 'my-server')
  t.strictSame(JSON.parse(Buffer.from(cursor.searchParams.get('config') as string, 'base64').toString()), { url })
  t.equal(kinds('link').length, 2, 'no other snippet is a link')
})

t.test('clients without a link or file get the URL only', async t => {
  t.strictSame(kinds('url').map(({ text }) => text), [url, url])
})

t.test('quotes each command so that the shell passes the intended arguments', { skip: process.platform === 'win32' && 'there is no sh' }, async t => {
  const bearer = ['-H', 'Authorization: Bearer a.b.c']
  const protocol = 'MCP-Protocol-Version: 2025-11-25'
  const accept = 'Accept: application/json, text/event-stream'
  t.strictSame(kinds('shell').map(({ text }) => run(text)), [
    [['claude', 'mcp', 'add', '--transport', 'http', 'my-server', url]],
    [['claude', 'mcp', 'add', '--transport', 'http', '--client-id', 'YOUR_CLIENT_ID', '--callback-port', '8080', 'my-server', url]],
    [['code', '--add-mcp', JSON.stringify({ name: 'my-server', type: 'http', url })]],
    [['codex', 'mcp', 'add', 'my-server', '--url', url], ['codex', 'mcp', 'login', 'my-server']],
    [['gemini', 'mcp', 'add', '--transport', 'http', 'my-server', url]],
    [['npx', '-y', '@modelcontextprotocol/inspector']],
    [['npx', '-y', '@modelcontextprotocol/inspector', '--cli', url, '--transport', 'http', '--method', 'tools/list']],
    [['npx', '-y', 'mcp-remote', url, '3335']],
    [['curl', '-sS', '--fail-with-body', url, ...bearer, '-H', 'Content-Type: application/json', '-H', accept, '-H', protocol, '-d', '{"jsonrpc":"2.0","id":1,"method":"tools/list"}']],
    [['http', '--check-status', '--ignore-stdin', '--body', 'POST', url, 'Authorization: Bearer a.b.c', accept, protocol, 'jsonrpc=2.0', 'id:=1', 'method=tools/list']]
  ])

  /** The words of each command that a text runs. Programs of the same names write them down. */
  function run (text: string): string[][] {
    // eslint-disable-next-line no-template-curly-in-string -- this is for the shell
    const stub = '#!/bin/sh\n[ "${0##*/}" = npm ] && { echo a.b.c; exit; }\nfor word in "${0##*/}" "$@"; do printf \'%s\\0\' "$word" >> "$WORDS"; done\nprintf \'\\n\' >> "$WORDS"\n'
    const names = ['claude', 'code', 'codex', 'gemini', 'npx', 'curl', 'http', 'npm']
    const folder = t.testdir(Object.fromEntries(names.map(name => [name, stub])))
    for (const name of names) chmodSync(join(folder, name), 0o755)
    const words = join(folder, 'words')
    const { status, stderr } = spawnSync('/bin/sh', ['-eu', '-c', text], { encoding: 'utf8', env: { PATH: folder, WORDS: words } })
    if (status !== 0) t.fail(`${text}: ${stderr}`)
    return readFileSync(words, 'utf8').split('\n').slice(0, -1).map(line => line.split('\0').slice(0, -1))
  }
})

t.test('the name of the server is valid in commands and files', async t => {
  t.equal(nameFor('auth0-mcp-server'), 'auth0-mcp-server')
  t.equal(nameFor(' My server, "2" '), 'My-server-2')
  t.equal(nameFor('日本'), 'mcp-server')
})

function clientOf (id: string): Client {
  return clients.find(client => client.id === id) as Client
}

function kinds (kind: Snippet['kind']): Snippet[] {
  return clients.flatMap(({ snippets }) => snippets).filter(snippet => snippet.kind === kind)
}
