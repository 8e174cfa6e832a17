import closeWithGrace from 'close-with-grace'
import { buildApp, type App } from './app.ts'
import { loadConfig, type Config } from './config.ts'
import { ConfigError } from './settings.ts'

// How long what is in flight may take once the process is told to stop.
const GRACE_MS = 10_000

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

  closeWithGrace({ delay: 2 * GRACE_MS, logger: { error: message => app.log.error(message) } }, async ({ err }) => {
    if (err) app.log.fatal({ err }, 'stopping after an error')
    // Whoever has not spoken or not been answered by then is cut off, so that the end always comes.
    const cutOff = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
    await app.close()
    clearTimeout(cutOff)
  })
}

/** A failed start in words for whoever started it. */
function explain (error: Error & { code?: string, port?: number }): string {
  if (error instanceof ConfigError) return `Cannot start, the settings are not right:\n${error.problems.map(problem => `  ${problem}`).join('\n')}`
  if (error.code === 'EADDRINUSE') return `Cannot start: port ${error.port} is in use. Set PORT to another one, or stop what listens there.`
  return `Cannot start: ${error.message}`
}
