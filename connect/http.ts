import type { Client, Target } from './client.ts'

const TOKEN = 'TOKEN=$(npm run -s token)'
const CALL = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'

/** curl. */
export function curl ({ url }: Target): Client {
  return {
    id: 'curl',
    title: 'curl',
    how: 'Get a token, then list the tools.',
    snippets: [{
      label: 'Commands',
      kind: 'shell',
      text: `${TOKEN}
curl -sS --fail-with-body ${url} \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -H 'Accept: application/json, text/event-stream' \\
  -H 'MCP-Protocol-Version: 2025-11-25' \\
  -d '${CALL}'`
    }],
    callbacks: [],
    trap: 'curl -d sends a form unless Content-Type says JSON. With a tenant, "npm run token" needs AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a machine-to-machine application.'
  }
}

/** HTTPie. */
export function httpie ({ url }: Target): Client {
  return {
    id: 'httpie',
    title: 'HTTPie',
    how: 'Get a token, then list the tools.',
    snippets: [{
      label: 'Commands',
      kind: 'shell',
      text: `${TOKEN}
http --check-status --ignore-stdin --body POST ${url} \\
  "Authorization: Bearer $TOKEN" \\
  'Accept: application/json, text/event-stream' \\
  'MCP-Protocol-Version: 2025-11-25' \\
  jsonrpc=2.0 id:=1 method=tools/list`
    }],
    callbacks: [],
    trap: 'A string is name=value, a number or an object is name:=value. Without --ignore-stdin, HTTPie waits for standard input in scripts.'
  }
}
