import fp from 'fastify-plugin'
import { REASONS } from '../auth/reasons.ts'
import type { KeyRing } from '../auth/keys/ring.ts'
import type { TokenCache } from '../auth/token-cache.ts'
import { KNOWN_METHODS } from '../mcp/calls/call-record.ts'
import { createMetrics } from '../metrics/metrics.ts'
import type { Snapshot } from '../metrics/snapshot.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The figures of this process; only with METRICS_PORT. */
    metricsSnapshot?: () => Promise<Snapshot>
  }
}

/** Parts of the server whose figures are read. */
export interface MetricsOptions {
  /** Names of the tools. */
  readonly tools: readonly string[]
  readonly keys: KeyRing
  readonly cache: TokenCache
}

/** Counts operations and refusals, and reads what the server counts anyway. Loaded only with METRICS_PORT. */
export default fp<MetricsOptions>(async function metrics (app, { tools, keys, cache }) {
  const counted = createMetrics({ tools, methods: KNOWN_METHODS, reasons: Object.keys(REASONS), load: app.load, limitHits: app.limitHits, cache: cache.stats, keys: () => keys.state })

  app.decorate('metricsSnapshot', () => counted.snapshot())
  app.observe({
    readsCalls: true,
    ended ({ request: { records, refusal }, reply, outcome }) {
      if (refusal !== null) counted.refusal(refusal.code)
      if (records === null) return
      const seconds = reply.elapsedTime / 1000
      for (const record of records) counted.operation({ method: record.method, tool: record.tool, era: record.version, outcome: record.outcome ?? outcome, seconds })
    }
  })
}, {
  name: 'metrics',
  fastify: '5.x',
  dependencies: ['request-end', 'in-flight', 'limits']
})
