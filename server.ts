import cluster from 'node:cluster'
import { buildApp } from './app.ts'
import { startWorkers } from './cluster.ts'
import { loadConfig, type Config } from './config.ts'
import { explain } from './explain.ts'
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

function lead ({ workers }: Config): void {
  const stop = startWorkers(workers, { tell: message => console.error(message), fail: () => process.exit(1) })
  stopGracefully(async error => {
    if (error) console.error(error)
    // A worker that had to be killed lost its answers, and nobody told of them: whoever watches is to see that.
    if (!await stop()) process.exit(1)
  })
}
