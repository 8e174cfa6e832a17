import { resolve } from 'node:path'
import type { CallName } from './requests.ts'

/** A server that can be measured: what it is, and how it is started. */
export interface Server {
  readonly name: string
  readonly kind: 'bare' | 'ours' | 'peer'
  readonly title: string
  /** The calls that it knows how to answer. */
  readonly calls: readonly CallName[]
  readonly script: string
  readonly env: Readonly<Record<string, string>>
  /** Where its log goes: nowhere, or down a pipe that is read as fast as it fills. */
  readonly output: 'ignore' | 'pipe'
  /** Whether it may run on any core, the load's included. */
  readonly spread: boolean
  /** The one workload that it is for. Default: all that it can answer. */
  readonly only?: string
}

/** Every server of the bench, in the order in which they are shown. `dist` holds ours. */
export function allServers (dist: string): readonly Server[] {
  const whoami = ['modern', 'legacy'] as const
  const ours = resolve(dist, 'server.js')

  return [
    server('bare-fastify', 'bare', 'bare Fastify route', 'bare/fastify.mjs', ['modern', 'legacy', 'list']),
    server('bare-http', 'bare', 'bare node:http', 'bare/http.mjs', ['modern', 'legacy', 'list']),
    { ...server('bare-verify', 'bare', 'bare Fastify, one crypto.verify', 'bare/verify.mjs', ['legacy']), only: 'w3' },
    server('ours', 'ours', 'this server', ours, whoami, { LOG_LEVEL: 'warn' }),
    { ...server('ours-log', 'ours', 'this server, a log line each', ours, whoami), output: 'pipe' },
    { ...server('ours-1', 'ours', 'this server, WORKERS=1', ours, whoami, { LOG_LEVEL: 'warn' }), spread: true, only: 'workers' },
    { ...server('ours-2', 'ours', 'this server, WORKERS=2', ours, whoami, { LOG_LEVEL: 'warn', WORKERS: '2' }), spread: true, only: 'workers' },
    { ...server('ours-tools', 'ours', 'this server, 1,000 tools', 'dist/many-tools.js', ['list'], { LOG_LEVEL: 'warn' }), only: 'w5' },
    server('sdk2-fastify', 'peer', 'MCP SDK 2 on Fastify', 'peers/sdk2-fastify.mjs', whoami),
    server('sdk2-express', 'peer', 'MCP SDK 2 on Express', 'peers/sdk2-express.mjs', whoami),
    server('sdk1-express', 'peer', 'MCP SDK 1 on Express', 'peers/sdk1-express.mjs', ['legacy']),
    server('fastmcp', 'peer', 'fastmcp', 'peers/fastmcp.mjs', ['legacy'])
  ]
}

function server (
  name: string,
  kind: Server['kind'],
  title: string,
  script: string,
  calls: readonly CallName[],
  env: Readonly<Record<string, string>> = {}
): Server {
  return { name, kind, title, calls, env, script: resolve(import.meta.dirname, script), output: 'ignore', spread: false }
}
