import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { freePort } from '../test/support/ports.ts'
import { until } from '../test/support/wire.ts'
import { onCore, openPipe } from './machine.ts'
import type { CallName, Server } from './servers.ts'
import { AUDIENCE, benchFolder, refusals, userClaims, type Tokens } from './tokens.ts'
import { CALLS, type Message } from './workloads.ts'

/** A server in a process of its own. */
export interface Running {
  readonly server: Server
  readonly port: number
  readonly pid: number
  /** Requests of its workload so far: tells which token is next. */
  sent: number
  stop (): Promise<void>
}

/** The answers that the bare servers give, as JSON. */
export const ANSWERS = join(benchFolder(), 'answers.json')

// Node and Fastify write these themselves.
const OWN_HEADERS = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'])

const STOP_MS = 15_000
const alive = new Set<ChildProcess>()

// However a run ends, it leaves no server behind.
process.on('exit', () => alive.forEach(child => child.kill('SIGKILL')))
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

/** Starts a server on its core. With `profile`, it writes its CPU profile to a folder of its name in there when it stops. */
export async function start (server: Server, issuer: string, profile?: string): Promise<Running> {
  const port = await freePort()
  const profiling = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', resolve(profile, server.name)]
  const [program, ...args] = onCore(server.spread === true ? 'both' : 0, [process.execPath, ...profiling, ...server.script])
  const log = server.piped === true ? openPipe(join(benchFolder(), `log.${port}`)) : undefined

  const child = spawn(program, args, {
    // The server reads the .env file of its working directory; here is none.
    cwd: benchFolder(),
    stdio: ['ignore', log?.fd ?? 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      AUTH0_DOMAIN: issuer,
      AUTH0_AUDIENCE: AUDIENCE,
      MCP_RESOURCE_URL: `http://127.0.0.1:${port}/mcp`,
      BENCH_ANSWERS: ANSWERS,
      ...server.env,
      ...(server.metered === true && { METRICS_PORT: String(await freePort()) })
    }
  })
  log?.handOver()
  alive.add(child)
  child.once('exit', () => alive.delete(child))
  if (child.pid === undefined) throw new Error(`${server.name} could not be started`)
  return { server, port, pid: child.pid, sent: 0, stop: () => stop(child) }
}

/**
 * Waits until a server answers, then checks its answers: a server that leaves out a check would be fast.
 * @returns the answer to a good call
 * @throws Error with the first wrong answer
 */
export async function check ({ server, port }: Pick<Running, 'server' | 'port'>, call: CallName, tokens: Tokens): Promise<Message> {
  const good = tokens.one()
  await untilUp({ server, port }, call, good)

  if (server.kind !== 'bare') {
    for (const [what, token, expected] of refusals(tokens)) {
      // tools/list needs a good token but no scope.
      const status = call === 'list' && expected === 403 ? 200 : expected
      const answer = await send(call, port, token)
      if (answer.status !== status) throw new Error(`${server.name} answers ${answer.status}, not ${status}, to ${what}`)
    }
  }

  const { headers, text } = await send(call, port, good)
  if (!isRight(call, text)) throw new Error(`${server.name} answers ${call} with ${text.slice(0, 300)}`)
  return { headers: Object.fromEntries([...headers].filter(([name]) => !OWN_HEADERS.has(name))), body: text }
}

/** Waits until a server answers a call with 200. @throws Error after a minute */
export async function untilUp ({ server, port }: Pick<Running, 'server' | 'port'>, call: CallName, token: string, pauseMs = 20): Promise<void> {
  const isUp = () => send(call, port, token).then(({ status }) => status === 200, () => false)
  await until(isUp, () => `${server.name} does not answer ${call} with 200`, pauseMs)
}

async function send (call: CallName, port: number, token?: string) {
  const { headers, body } = CALLS[call]
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST', headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) }, body
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

function isRight (call: CallName, text: string): boolean {
  const { result } = JSON.parse(text)
  if (call === 'list') return result.tools.length === 1000

  const { subject, clientId, issuer, audience, scopes } = result.structuredContent
  const { sub } = userClaims('', 0)
  return subject === sub && clientId !== '' && issuer.endsWith('/') && [audience].flat().length > 0 &&
    scopes.includes('tool:whoami') && result.content[0].text.includes(sub)
}

async function stop (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const last = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await once(child, 'exit')
  clearTimeout(last)
}
