import { Counter, Gauge, Registry } from '@platformatic/prom-client'
import { createHistogram } from './histogram.ts'
import type { Read } from './collector.ts'
import { collectProcess } from './process.ts'
import type { Snapshot } from './snapshot.ts'

/** One operation that is over. */
export interface Operation {
  readonly method: string
  /** Undefined for other methods than `tools/call`. */
  readonly tool: string | undefined
  /** The revision of MCP. */
  readonly era: string
  readonly outcome: string
  /** From the first byte to the end of the answer. */
  readonly seconds: number
}

/** Figures that the server has anyway. They are read when somebody asks for the metrics, so they cost a request nothing. */
export interface Sources {
  /** Names of the tools. */
  readonly tools: readonly string[]
  readonly reasons: readonly string[]
  readonly methods: ReadonlySet<string>
  /** Requests in flight, and event streams that are open. */
  readonly load: { readonly requests: number, readonly streams: number }
  /** How often each limit refused something. */
  readonly limitHits: Readonly<Record<string, number>>
  /** Look-ups of tokens that found one and that did not, and the tokens in the cache now. */
  readonly cache: { readonly hits: number, readonly misses: number, readonly size: number }
  /** The state of the keys of each issuer. */
  keys (): ReadonlyArray<{ readonly issuer: string, readonly up: boolean, readonly ageSeconds: number | undefined, readonly fetched: number, readonly failed: number }>
}

/** The figures of this process. Operations and refusals have to be counted as they happen. */
export interface Metrics {
  operation (operation: Operation): void
  refusal (reason: string): void
  /** All figures of this process. */
  snapshot (): Promise<Snapshot>
}

/** Seconds: the buckets of the semantic conventions (mcp.server.operation.duration). */
const BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]
/** Replaces values that callers choose freely, since each value of a label makes a series of its own. */
const OTHER = 'other'

/** The metrics of this process, in a registry of their own. docs/operations.md lists them. */
export function createMetrics ({ tools, reasons, methods, load, limitHits, cache, keys }: Sources): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const [knownTools, knownReasons] = [new Set(tools), new Set(reasons)]

  const duration = createHistogram('mcp_server_operation_duration_seconds', 'Duration of MCP operations', BUCKETS)
  const refusals = new Counter({ name: 'mcp_server_refusals_total', help: 'Refused requests by reason code', labelNames: ['reason'], registers })
  // A series that begins at 0 shows its first refusal.
  for (const reason of [...reasons, OTHER]) refusals.inc({ reason }, 0)

  total('mcp_server_limited_total', 'Calls and tokens that a limit refused', ['limit'], () => Object.entries(limitHits).map(([limit, value]) => [{ limit }, value]))
  total('mcp_server_token_cache_lookups_total', 'Look-ups of tokens in the cache', ['result'], () => [[{ result: 'hit' }, cache.hits], [{ result: 'miss' }, cache.misses]])
  gauge('mcp_server_token_cache_entries', 'Tokens in the cache', [], 'sum', () => [[{}, cache.size]])
  total('mcp_server_key_fetches_total', 'Fetches of key sets', ['issuer', 'result'], () => keys().flatMap(({ issuer, fetched, failed }) => [[{ issuer, result: 'ok' }, fetched], [{ issuer, result: 'failed' }, failed]]))
  gauge('mcp_server_key_age_seconds', 'Time since the last good fetch of the keys', ['issuer'], 'max', () => keys().flatMap(({ issuer, ageSeconds }) => ageSeconds === undefined ? [] : [[{ issuer }, ageSeconds]]))
  gauge('mcp_server_issuer_up', 'Whether the last fetch of the keys succeeded', ['issuer'], 'min', () => keys().map(({ issuer, up }) => [{ issuer }, Number(up)]))
  gauge('mcp_server_requests_in_flight', 'Requests in flight', [], 'sum', () => [[{}, load.requests]])
  gauge('mcp_server_streams_open', 'Open event streams', [], 'sum', () => [[{}, load.streams]])
  gauge('mcp_server_processes', 'Processes that serve requests', [], 'sum', () => [[{}, 1]])
  collectProcess({ total, gauge })

  return {
    operation ({ method, tool, era, outcome, seconds }) {
      duration.observe({
        method: methods.has(method) ? method : OTHER,
        tool: tool === undefined ? '' : knownTools.has(tool) ? tool : OTHER,
        era,
        outcome
      }, seconds)
    },
    refusal (reason) { refusals.inc({ reason: knownReasons.has(reason) ? reason : OTHER }) },
    snapshot: async () => [duration.read(), ...await registry.getMetricsAsJSON()]
  }

  function total (name: string, help: string, labelNames: readonly string[], read: Read): void {
    const counter = new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers,
      collect: () => {
        counter.reset()
        for (const [labels, value] of read()) counter.inc(labels, value)
      }
    })
  }

  function gauge (name: string, help: string, labelNames: readonly string[], aggregator: 'sum' | 'max' | 'min', read: Read): void {
    const metric = new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      aggregator,
      registers,
      collect: () => {
        metric.reset()
        for (const [labels, value] of read()) metric.set(labels, value)
      }
    })
  }
}
