import { buildApp } from '../app.ts'
import { loadConfig } from '../config.ts'
import { explain } from '../explain.ts'
import { stopGracefully } from '../stop.ts'
import { tools } from '../tools/index.ts'
import { startAuthority } from './authority.ts'
import { issuerPort, loadEnv } from './env.ts'
import type { Issuer } from './issuer.ts'

const env = loadEnv()
const scopes = [...new Set(tools.flatMap(tool => tool.scopes))]

try {
  const issuer = env['AUTH0_DOMAIN'] ? undefined : await developmentIssuer()
  const config = loadConfig({ ...env, ...(issuer && { AUTH0_DOMAIN: issuer.url }) })
  const app = await buildApp({
    config,
    logger: { level: config.logLevel, transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname', singleLine: true } } }
  })
  stopGracefully(async () => { await Promise.all([app.close(), issuer?.close()]) })
  await app.listen({ host: config.host, port: config.port })
  console.log(issuer ? greeting(config.resourceUrl, issuer) : tenantGreeting(config.resourceUrl, config.issuers))
} catch (error) {
  console.error(explain(error as Error))
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && !env['AUTH0_DOMAIN']) console.error('The development issuer takes the port after PORT.')
  process.exit(1)
}

async function developmentIssuer (): Promise<Issuer> {
  const { claims: { audiences }, resourceUrl } = loadConfig({ ...env, AUTH0_DOMAIN: 'http://localhost/' })
  return startAuthority({ audience: audiences[0] ?? resourceUrl, scopes, port: issuerPort(env) })
}

function greeting (endpoint: string, issuer: Issuer): string {
  return `
MCP endpoint  ${endpoint}
Issuer        ${issuer.url} (in place of Auth0; set AUTH0_DOMAIN and AUTH0_AUDIENCE to use your tenant)

Call whoami:

${curl(endpoint, issuer.token())}

Other tokens:

  npm run token                        a good one
  npm run token -- --scope ""          one without any scope: a call with it gets 403
  npm run token -- --expired           an expired one: a call with it gets 401
  npm run token -- --help              all the rest

Or give an MCP client ${endpoint} and log in as alice@example.com (may call whoami)
or bob@example.com (may not); the password is "password".
`
}

function tenantGreeting (endpoint: string, issuers: readonly string[]): string {
  return `
MCP endpoint  ${endpoint}
Issuer        ${issuers.join(', ')}

Call whoami, with AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET of a machine-to-machine application set:

${curl(endpoint, '$(npm run -s token)')}
`
}

function curl (endpoint: string, token: string): string {
  return `curl -s ${endpoint} \\
  -H "Authorization: Bearer ${token}" \\
  -H 'Content-Type: application/json' \\
  -H 'Accept: application/json, text/event-stream' \\
  -H 'MCP-Protocol-Version: 2025-11-25' \\
  -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{}}}'`
}
