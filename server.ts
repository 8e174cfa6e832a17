import closeWithGrace from 'close-with-grace'
import { buildApp, type App } from './app.ts'
import { loadConfig, type Config } from './config.ts'
import { ConfigError } from './settings.ts'

// Longer than the app takes to close by itself; whatever still holds the process then is not worth waiting for.
const STOP_WITHIN_MS = 15_000

try {
  process.loadEnvFile()
} catch {
  // There is no .env file; the environment is enough.
}

try {
  const config = loadConfig(process.env)
  await serve(await buildApp({ config, logger: { level: config.logLevel } }), config)
} catch (error) {
  console.error(explain(error as Error))
  process.exit(1)
}

async function serve (app: App, { host, port, resourceUrl, issuers }: Config): Promise<void> {
  await app.listen({ host, port })
  app.log.info({ resourceUrl, issuers }, 'MCP server is ready for connections')

  closeWithGrace({ delay: STOP_WITHIN_MS, logger: { error: message => app.log.error(message) } }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'stopping after an error')
    await app.close()
  })
}

/** A failed start in words for whoever started it. */
function explain (error: Error & { code?: string, port?: number }): string {
  if (error instanceof ConfigError) return `Cannot start, the settings are not right:\n${error.problems.map(problem => `  ${problem}`).join('\n')}`
  if (error.code === 'EADDRINUSE') return `Cannot start: port ${error.port} is in use. Set PORT to another one, or stop what listens there.`
  return `Cannot start: ${error.message}`
}
