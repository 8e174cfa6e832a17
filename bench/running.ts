import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { audience } from './issuer.ts'
import { freePort } from './ports.ts'
import { onCore } from './proc.ts'
import type { Server } from './servers.ts'

/** A server in its own process. */
export interface Running {
  readonly server: Server
  readonly port: number
  readonly pid: number
  stop (): Promise<void>
}

/** What every server is told, and where a run may write. */
export interface Surroundings {
  readonly issuer: string
  readonly answers: string
  readonly directory: string
  /** Where the server writes its CPU profile when it stops, in a directory of its name. */
  readonly profile?: string | undefined
}

const patience = 10_000
const alive = new Set<ChildProcess>()

// Whatever goes wrong here, no server is left behind.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

/** Starts a server on its core. Whether it answers yet is for the caller to find out. */
export async function start (server: Server, { issuer, answers, directory, profile }: Surroundings): Promise<Running> {
  const port = await freePort()
  const profiling = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', join(profile, server.name)]
  const command = [process.execPath, ...profiling, server.script] as const
  const [program, ...args] = onCore(server.spread ? 'both' : 0, command)
  const log = server.output === 'pipe' ? openPipe(join(directory, `log.${port}`)) : undefined

  const child = spawn(program, args, {
    stdio: ['ignore', log?.fd ?? 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      AUTH0_DOMAIN: issuer,
      AUTH0_AUDIENCE: audience,
      MCP_RESOURCE_URL: `http://127.0.0.1:${port}/mcp`,
      BENCH_ANSWERS: answers,
      ...server.env
    }
  })
  log?.handOver()
  alive.add(child)
  child.once('exit', () => alive.delete(child))

  const { pid } = child
  if (pid === undefined) throw new Error(`${server.name} could not be started`)
  return { server, port, pid, stop: () => stop(child) }
}

async function stop (child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return

  child.kill('SIGTERM')
  const last = setTimeout(() => child.kill('SIGKILL'), patience)
  await once(child, 'exit')
  clearTimeout(last)
}

// What Node calls a pipe between processes is a socket; a log is written to the real thing.
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

/** Asks again and again until the answer is yes, for a while. */
export async function until (ready: () => Promise<boolean>, pause = 20): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    if (await ready().catch(() => false)) return
    await sleep(pause)
  }
  throw new Error('It did not answer in time')
}
