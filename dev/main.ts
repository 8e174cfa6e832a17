import { endOfLoading } from '../process/load-errors.ts'
import { parseArgs } from 'node:util'
import { buildApp, type AppOptions } from '../app.ts'
import { loadConfig, type Config } from '../config.ts'
import { scopesOf, type Tool } from '../mcp/tool.ts'
import { issuerPort, withDevelopmentIssuer } from '../process/development-issuer.ts'
import { loadEnv } from '../process/env.ts'
import { isLost } from '../process/npm-options.ts'
import { ConfigError, textOf } from '../process/settings.ts'
import { stopGracefully } from '../process/shutdown.ts'
import { explain } from '../process/start-error.ts'
import { reportStart } from '../process/start-report.ts'
import { tools as ownTools } from '../tools/index.ts'
import { buildDevelopmentApp } from './app.ts'
import { startAuthority } from './authority.ts'
import { exampleAt } from './example.ts'
import { greeting, tenantGreeting } from './greeting.ts'
import type { Issuer } from './issuer.ts'
import { pageClient } from './page/client.ts'
import type { Tenant } from './provider/tenant.ts'
import { fileState } from './state.ts'

// `npm run dev [-- --fresh --example]`: the server, with an issuer beside it that stands in for Auth0 while no tenant is set.
// The issuer keeps its key and its clients in a file; `--fresh` forgets them. `--example` adds a tool that calls an API.
endOfLoading()
try {
  // A refusal would leave the watcher behind, so the options also count without `--`.
  const { values: { fresh = isLost('dev', 'fresh'), example: hasExample = isLost('dev', 'example') } } = parseArgs({ options: { fresh: { type: 'boolean' }, example: { type: 'boolean' } } })
  const env = loadEnv()
  const isDevelopment = textOf(env, 'AUTH0_DOMAIN') === undefined
  if (hasExample && !isDevelopment) throw new ConfigError(['AUTH0_DOMAIN: found a tenant, expected none with --example, which needs the development issuer'])
  const example = hasExample ? exampleAt(issuerPort(env) + 1) : undefined
  const tools = [...ownTools, ...(example ? [example.tool] : [])]
  const config = loadConfig({ ...withDevelopmentIssuer(env), ...example?.env })
  const issuer = isDevelopment ? await developmentIssuer(config, issuerPort(env), fresh, tools, example?.tenant) : undefined
  const stopExample = issuer && await example?.start(issuer.url)
  const options: AppOptions = {
    config,
    tools,
    logger: { level: config.logLevel, transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname', singleLine: true } } }
  }
  const app = issuer ? await buildDevelopmentApp(options, issuer.url) : await buildApp(options)
  stopGracefully(config.shutdown, async () => { await Promise.all([app.close(), issuer?.close(), stopExample?.()]) })
  await app.listen({ host: config.host, port: config.port, listenTextResolver: () => `Server listening at ${config.resourceUrl}` })
  reportStart(app.log, config, env)
  console.log(issuer ? greeting(config.resourceUrl, issuer, config.landingPage, example && 'my_orders') : tenantGreeting(config.resourceUrl, config.issuers))
} catch (error) {
  console.error(explain(error as Error))
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE' && textOf(process.env, 'AUTH0_DOMAIN') === undefined) console.error('The development issuer takes the port after PORT.')
  process.exit(1)
}

function developmentIssuer (config: Config, port: number, fresh: boolean, tools: readonly Tool[], tenant: Partial<Tenant> = {}): Promise<Issuer> {
  const { claims: { audiences: [audience = ''] } } = config
  const scopes = scopesOf(...tools)
  const state = fileState(`.dev-issuer-${port}.json`, { fresh, tell: message => console.error(message) })
  return startAuthority({ audience, scopes, port, tenant: { ...tenant, clients: [pageClient(config)] } }, state)
}
