import type { Issuer } from './issuer.ts'

/** How to call the server while the development issuer stands in for Auth0. */
export function greeting (endpoint: string, issuer: Issuer, hasPage: boolean, tool = 'whoami'): string {
  return `
MCP endpoint  ${endpoint}
Issuer        ${issuer.url} (stands in for Auth0; set AUTH0_DOMAIN and AUTH0_AUDIENCE to use your tenant)
${hasPage ? `Page          ${new URL('/', endpoint)} (sign in, call whoami, take a token apart)\n` : ''}
Call ${tool}:

${curl(endpoint, issuer.token(), tool)}

Other tokens:

  npm run token                        a good one
  npm run token -- --scope ""          one without any scope: a call with it gets 403
  npm run token -- --expired           an expired one: a call with it gets 401
  npm run token -- --help              all the rest

Or give an MCP client ${endpoint} and log in as alice@example.com (may call whoami)
or bob@example.com (may not); the password is "password". Logins survive a restart;
"npm run dev -- --fresh" forgets them.
`
}

/** How to call the server with a tenant. */
export function tenantGreeting (endpoint: string, issuers: readonly string[]): string {
  return `
MCP endpoint  ${endpoint}
Issuer        ${issuers.join(', ')}

Call whoami, with AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a machine-to-machine application set:

${curl(endpoint, '$(npm run -s token)')}
`
}

function curl (endpoint: string, token: string, tool = 'whoami'): string {
  return `curl -s ${endpoint} \\
  -H "Authorization: Bearer ${token}" \\
  -H 'Content-Type: application/json' \\
  -H 'Accept: application/json, text/event-stream' \\
  -H 'MCP-Protocol-Version: 2025-11-25' \\
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}","arguments":{}}}'`
}
