import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { AUDIENCE } from '../../support/build.ts'
import { freePort } from '../../support/ports.ts'

/** The real server, as a process. */
export interface ServerProcess {
  readonly port: number
  /** Its output so far. */
  readonly output: () => string
  readonly running: () => boolean
  /** Sends SIGTERM. Returns the exit code. */
  stop (): Promise<number | null>
}

/** Starts the server: the built one if its file is given, else the sources. */
export async function startServer (issuer: string, env: Record<string, string>, built?: string): Promise<ServerProcess> {
  const port = await freePort()
  const program = built === undefined ? ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('../../../server.ts', import.meta.url))] : [built]
  const child = spawn(process.execPath, program, {
    // A folder without an .env file.
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], AUTH0_DOMAIN: issuer, AUTH0_AUDIENCE: AUDIENCE, PORT: String(port), RATE_LIMIT_MAX: 'off', REFUSAL_LIMIT_MAX: 'off', CONCURRENT_CALLS_MAX: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  // Each stream by itself, since a piece may end within a line.
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', chunk => { written[name] += chunk })

  await untilReady(port, child)
  return {
    port,
    output: () => `${written.stdout}\n${written.stderr}`,
    running: () => child.exitCode === null,
    async stop () {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
      if (child.exitCode === null) await once(child, 'exit')
      clearTimeout(late)
      return child.exitCode
    }
  }
}

async function untilReady (port: number, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error('the server did not start')
    const response = await fetch(`http://localhost:${port}/health/ready`).catch(() => undefined)
    await response?.arrayBuffer()
    if (response?.status === 200) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  child.kill('SIGKILL')
  throw new Error('the server did not become ready')
}
