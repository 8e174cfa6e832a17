import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { startIssuer, type Issuer } from '../../dev/issuer.ts'
import { makePair } from '../../dev/signing.ts'
import { call, type Test } from '../support/build.ts'
import { logFault, tokenFault } from '../support/log-check.ts'
import { freePort } from '../support/ports.ts'
import { serverBuild } from './server-build.ts'
import { until } from '../support/wire.ts'

/** The folder of a build. */
export const dist = serverBuild()

/** The key of all issuers of a process, since making a pair takes a few hundred milliseconds. */
export const pair = makePair()

/** The built server in a process of its own. */
export interface Running {
  readonly child: ChildProcessWithoutNullStreams
  readonly url: string
  readonly issuer: Issuer
  /** Its output so far. */
  output (): string
  /** Its exit code. */
  readonly exit: Promise<number | null>
  /** Sends a signal and gives the exit code. */
  stop (signal?: NodeJS.Signals): Promise<number | null>
}

/** Runs the built server with no environment but `env`, by a shell if there is one. It reads `.env` in `folder`. */
export function run (t: Test, env: Record<string, string>, folder = dist, shell: readonly string[] = []): { child: ChildProcessWithoutNullStreams, output: () => string, exit: Promise<number | null> } {
  const [command = process.execPath, ...args] = [...shell, process.execPath, join(dist, 'dist/server.js')]
  const child = spawn(command, args, { cwd: folder, env: { PATH: process.env['PATH'], ...env } })
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const chunks: string[] = []
  child.stdout.setEncoding('utf8').on('data', chunk => chunks.push(chunk))
  child.stderr.setEncoding('utf8').on('data', chunk => chunks.push(chunk))
  t.teardown(() => {
    child.kill('SIGKILL')
    const faults = chunks.join('').split('\n').flatMap(line => /^\{.*\}$/.test(line) ? logFault(line) : tokenFault(line))
    if (faults.length > 0) throw new Error(faults.join('\n'))
  })
  return { child, output: () => chunks.join(''), exit }
}

/** Runs the built server with an issuer, until it is ready. */
export async function start (t: Test, env: Record<string, string> = {}, folder = dist, shell: readonly string[] = []): Promise<Running> {
  const port = await freePort()
  const url = `http://localhost:${port}/mcp`
  const issuer = await startIssuer({ audience: url, scopes: ['tool:whoami'] }, pair)
  t.teardown(() => issuer.close())
  const { child, output, exit } = run(t, { AUTH0_DOMAIN: issuer.url, PORT: String(port), ...env }, folder, shell)
  await until(() => output().includes('ready for connections'), output)
  await until(() => fetch(new URL('/health/ready', url)).then(({ status }) => status === 200), output, 20)
  return {
    child,
    url,
    issuer,
    output,
    exit,
    stop (signal = 'SIGTERM') {
      child.kill(signal)
      return exit
    }
  }
}

/** Calls the tool whoami. */
export function whoami (url: string, token: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(call('whoami'))
  })
}

/** The line of a server that is ready. */
export function ready (output: string): unknown {
  return JSON.parse(output.split('\n').find(line => line.includes('ready for connections')) ?? '{}')
}
