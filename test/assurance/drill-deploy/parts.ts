import { randomBytes } from 'node:crypto'
import { startIssuer } from '../../../dev/issuer.ts'
import { freePort } from '../../support/ports.ts'
import { startRedis } from '../../support/redis.ts'
import { startNginx } from './nginx.ts'
import { startPrometheus } from './prometheus.ts'
import { DrillServer } from './server.ts'

// The parts of the deployment, started when this file is imported.

/** Calls of one caller in 10 s. The usual load stays below it. */
export const CALLS_MAX = 700
/** Refused tokens of one address in 10 s. */
export const REFUSALS_MAX = 50
/** Processes of each server. */
export const WORKERS = process.env['DRILL_WORKERS'] ?? '2'
const folder = process.argv[2] as string

const cleanUp: Array<() => unknown> = []
/** The port of nginx. */
export const port = await freePort()
/** The public URL of the endpoint. */
export const url = `https://localhost:${port}/tools/mcp`
/** The issuer of the present: another one takes its place after an outage. */
export const present = { issuer: await startIssuer({ audience: url, scopes: ['tool:whoami'] }) }
/** Secrets of the settings. None of them may stand in a log. */
export const secrets = ['redis', 'state', 'client'].map(name => `${name}-${randomBytes(24).toString('base64url')}`)
const [redisPassword = '', stateSecret = '', clientSecret = ''] = secrets
/** The Redis of both servers. */
export const redis = await startRedis({ teardown: end => cleanUp.unshift(end) }, port => ['--port', String(port), '--requirepass', redisPassword])
/** Two servers, each with several processes. */
export const servers = [await freePort(), await freePort()].map(port => new DrillServer(port, {
  AUTH0_DOMAIN: present.issuer.url,
  MCP_RESOURCE_URL: url,
  ALLOWED_HOSTS: `localhost:${port},${new URL(url).host}`,
  TRUST_PROXY: 'loopback',
  WORKERS,
  SHUTDOWN_DELAY: '2',
  REDIS_URL: `redis://:${redisPassword}@127.0.0.1:${redis.port}`,
  STATE_SECRET: stateSecret,
  OBO_CLIENT_ID: 'exchange',
  OBO_CLIENT_SECRET: clientSecret,
  METRICS_PORT: String(port + 1),
  JWKS_CACHE_TTL: '5',
  JWKS_COOLDOWN: '1',
  JWKS_TIMEOUT: '1',
  RATE_LIMIT_WINDOW: '10',
  RATE_LIMIT_MAX: String(CALLS_MAX),
  REFUSAL_LIMIT_MAX: String(REFUSALS_MAX)
}))
await Promise.all(servers.map(server => server.start()))
/** Undefined if it is not installed. */
export const prometheus = await startPrometheus(folder, servers.map(({ port }) => port + 1))
/** The proxy in front of both servers. */
export const nginx = await startNginx(folder, port, servers.map(({ port }) => port))

/** Ends everything. Gives the exit codes of the servers. */
export async function stopParts (): Promise<Array<number | null>> {
  const codes = await Promise.all(servers.map(server => server.stop()))
  await prometheus?.stop()
  await nginx.stop()
  await present.issuer.close()
  for (const end of cleanUp) await end()
  return codes
}
