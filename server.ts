import cluster from 'node:cluster'
import { buildApp } from './app.ts'
import { startWorkers } from './cluster.ts'
import { loadConfig, type Config } from './config.ts'
import { ConfigError } from './settings.ts'
import { stopGracefully } from './stop.ts'

try {
  process.loadEnvFile()
} catch {
  // There is no .env file; the environment is enough.
}

try {
  const config = loadConfig(process.env)
  await (cluster.isPrimary && config.workers > 1 ? lead(config) : serve(config))
} catch (error) {
  console.error(explain(error as Error))
  process.exit(1)
}

async function serve (config: Config): Promise<void> {
  const app = await buildApp({ config, logger: { level: config.logLevel } })
  await app.listen({ host: config.host, port: config.port })
  app.log.info({ resourceUrl: config.resourceUrl, issuers: config.issuers }, 'MCP server is ready for connections')

  stopGracefully(async error => {
    if (error) app.log.fatal({ err: error }, 'stopping after an error')
    await app.close()
  })
}

async function lead ({ workers }: Config): Promise<void> {
  const stop = await startWorkers(workers, message => console.error(message))
  stopGracefully(stop)
}

/** A failed start in words for whoever started it. */
function explain (error: Error & { code?: string, port?: number }): string {
  if (error instanceof ConfigError) return `Cannot start, the settings are not right:\n${error.problems.map(problem => `  ${problem}`).join('\n')}`
  if (error.code === 'EADDRINUSE') return `Cannot start: port ${error.port} is in use. Set PORT to another one, or stop what listens there.`
  return `Cannot start: ${error.message}`
}
