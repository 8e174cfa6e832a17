import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'

/** A call of `whoami` as 2026-07-28 or as 2025-11-25, or `tools/list`. */
export type CallName = 'modern' | 'legacy' | 'list'

/** A server that can be measured, and how it is started. */
export interface Server {
  readonly name: string
  /** `build` is this server in another build. */
  readonly kind: 'bare' | 'ours' | 'build' | 'peer'
  readonly title: string
  /** What Node runs: a script and its arguments. */
  readonly script: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
  /** The calls that it can answer. */
  readonly calls: readonly CallName[]
  /** Whether its log goes down a pipe that is read; otherwise it goes nowhere. */
  readonly piped?: boolean
  /** Whether it may run on both cores. */
  readonly spread?: boolean
  /** Whether it serves metrics, on a free port. */
  readonly metered?: boolean
  /** The server of the other build that it is compared with. Default: `build`. */
  readonly rival?: string
  /** The workloads that it is for. Default: all that it can answer. */
  readonly only?: readonly string[]
}

/** The builds to compare, and their settings. */
export interface Builds {
  /** A checkout with another `dist/server.js`. */
  readonly build: string | undefined
  /** Settings of this build and of the other one. */
  readonly env: Readonly<Record<string, string>>
  readonly buildEnv: Readonly<Record<string, string>>
}

const WHOAMI = ['modern', 'legacy'] as const
const QUIET = { LOG_LEVEL: 'warn' }
// The bench is one fast caller: the limits still count, but it does not reach them.
const HIGH_LIMITS = { RATE_LIMIT_MAX: '1000000', REFUSAL_LIMIT_MAX: '1000000', CONCURRENT_CALLS_MAX: '1000000' }

/**
 * Every server of the bench, in the order of the tables.
 * @throws Error if a build is missing
 */
export function allServers ({ build, env, buildEnv }: Builds): readonly Server[] {
  const root = resolve(import.meta.dirname, '..')
  const ours = server('ours', 'ours', 'this build', [builtServer(root)], WHOAMI, { ...knownLimits(builtServer(root)), ...QUIET, ...env })
  const bare = (variant: string) => [here('servers/bare.mjs'), variant] as const
  const peer = (name: string, title: string, calls: readonly CallName[]) => server(name, 'peer', title, [here(`peers/${name}.mjs`)], calls)

  const other = build === undefined ? undefined : server('build', 'build', 'other build', [builtServer(build)], WHOAMI, { ...knownLimits(builtServer(build)), ...QUIET, ...buildEnv })
  const logged = (quiet: Server): Server => ({ ...quiet, name: `${quiet.name}-log`, title: `${quiet.title}, one log line per request`, env: { ...quiet.env, LOG_LEVEL: 'info' }, piped: true, only: ['w1', 'w2'] })
  const traced = (by: 'api' | 'sdk'): Server['script'] => ['--import', here(`servers/tracing-${by}.mjs`), ...ours.script]

  return [
    server('bare-fastify', 'bare', 'bare Fastify route', bare('fastify'), [...WHOAMI, 'list']),
    server('bare-http', 'bare', 'bare node:http', bare('http'), [...WHOAMI, 'list']),
    { ...server('bare-verify', 'bare', 'bare Fastify route, one crypto.verify', bare('verify'), ['legacy']), only: ['w3'] },
    ours,
    ...(other === undefined ? [] : [other, logged(other)]),
    { ...logged(ours), rival: 'build-log' },
    { ...ours, name: 'ours-metrics', title: 'this build, METRICS_PORT', metered: true, only: ['w1'] },
    { ...ours, name: 'ours-api', title: 'this build, OpenTelemetry API only', script: traced('api'), only: ['w1'] },
    { ...ours, name: 'ours-traced', title: 'this build, spans to memory', script: traced('sdk'), only: ['w1'] },
    { ...ours, name: 'ours-1', title: 'this build, WORKERS=1', spread: true, only: ['workers'] },
    { ...ours, name: 'ours-2', title: 'this build, WORKERS=2', env: { ...ours.env, WORKERS: '2' }, spread: true, only: ['workers'] },
    { ...ours, name: 'ours-tools', title: 'this build, 1,000 tools', script: [here('dist/many-tools.js')], calls: ['list'], only: ['w5'] },
    peer('sdk2-fastify', 'MCP SDK 2 on Fastify', WHOAMI),
    peer('sdk2-express', 'MCP SDK 2 on Express', WHOAMI),
    peer('sdk1-express', 'MCP SDK 1 on Express', ['legacy']),
    peer('fastmcp', 'fastmcp', ['legacy'])
  ]
}

/** The same list, begun elsewhere. */
export function rotate<T> (list: readonly T[], by: number): T[] {
  const from = by % list.length
  return [...list.slice(from), ...list.slice(0, from)]
}

function server (
  name: string, kind: Server['kind'], title: string, script: readonly [string, ...string[]], calls: readonly CallName[], env: Server['env'] = {}
): Server {
  return { name, kind, title, script, calls, env }
}

function here (path: string): string {
  return resolve(import.meta.dirname, path)
}

function builtServer (folder: string): string {
  const script = resolve(folder, 'dist/server.js')
  if (!existsSync(script)) throw new Error(`There is no ${script}: run "npm run build" in that folder first`)
  return script
}

/** The limits that a build knows as settings. A build without a tenant does not start, and names every setting that it refuses. */
function knownLimits (script: string): Record<string, string> {
  const { stderr } = spawnSync(process.execPath, [script], { cwd: tmpdir(), env: HIGH_LIMITS, encoding: 'utf8', timeout: 60_000 })
  return Object.fromEntries(Object.entries(HIGH_LIMITS).filter(([name]) => !stderr.includes(`${name}:`)))
}
