import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from '../test/support/ports.ts'
import { onCore } from './machine.ts'
import type { Server } from './servers.ts'
import { AUDIENCE, benchFolder } from './tokens.ts'

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
      ...server.env
    }
  })
  log?.handOver()
  alive.add(child)
  child.once('exit', () => alive.delete(child))
  if (child.pid === undefined) throw new Error(`${server.name} could not be started`)
  return { server, port, pid: child.pid, sent: 0, stop: () => stop(child) }
}

async function stop (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const last = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await once(child, 'exit')
  clearTimeout(last)
}

/** A real pipe: what Node opens between processes is a socket. */
function openPipe (path: string) {
  execFileSync('mkfifo', ['-m', '600', path])
  const [program, ...args] = onCore(1, ['cat', path])
  spawn(program, args, { stdio: 'ignore' })
  const fd = openSync(path, 'w')
  return {
    fd,
    handOver () {
      closeSync(fd)
      rmSync(path)
    }
  }
}
