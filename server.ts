import { endOfLoading } from './process/load-errors.ts'
import cluster from 'node:cluster'
import { buildApp } from './app.ts'
import { loadConfig, type Config } from './config.ts'
import { loadEnv } from './process/env.ts'
import { handOut } from './process/hand-out.ts'
import { inlineMore } from './process/inline-more.ts'
import { createIntake } from './process/intake.ts'
import { logOutput } from './process/log-output.ts'
import { stopGracefully } from './process/shutdown.ts'
import { explain } from './process/start-error.ts'
import { reportStart } from './process/start-report.ts'
import { startWorkers } from './process/workers.ts'

endOfLoading()

/** Takes a message that the log cannot hold. */
const tell = (message: string): void => console.error(message)
// The process that read these messages may be gone.
process.stderr.on('error', () => {})

try {
  const config = loadConfig(loadEnv())
  await (cluster.isPrimary && config.workers > 1 ? lead(config) : serve(config))
} catch (error) {
  console.error(explain(error as Error))
  process.exit(1)
}

async function serve (config: Config): Promise<void> {
  const intake = cluster.worker && createIntake(cluster.worker)
  const app = await buildApp({ config, logger: { level: config.logLevel, stream: logOutput(tell) }, endIntake: intake?.end })
  if (config.metrics !== undefined) {
    const { openMetrics } = await import('./metrics/open.ts')
    app.addHook('onClose', await openMetrics(config.metrics, message => app.log.warn(message), app.metricsSnapshot))
  }
  await app.ready()
  // Before the first line of the log, since its reader may send a signal at once.
  stopGracefully(config.shutdown, async error => {
    if (error) app.log.fatal({ err: error }, 'stopping after an error')
    await app.close()
  })
  if (intake === undefined) {
    await app.listen({ host: config.host, port: config.port, listenTextResolver: () => `Server listening at ${config.resourceUrl}` })
  } else {
    intake.begin(app.server)
  }
  reportStart(app.log, config, process.env)
  await inlineMore()
}

async function lead ({ workers, host, port, stateSecret, shutdown, metrics }: Config): Promise<void> {
  if (metrics !== undefined) {
    const { openMetrics } = await import('./metrics/open.ts')
    await openMetrics(metrics, tell)
  }
  const stop = startWorkers(workers, {
    connections: await handOut(host, port),
    stateSecret,
    shutdown,
    tell,
    fail: () => process.exit(1)
  })
  stopGracefully(shutdown, async error => {
    if (error) console.error(error)
    // A killed worker lost the answers it owed. The exit code is the only sign of it.
    if (!await stop()) process.exit(1)
  })
}
