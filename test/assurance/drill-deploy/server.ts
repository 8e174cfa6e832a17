import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from '../../support/root.ts'

const START_MS = 30_000

/** The built server as a process that can be started again and again at the same port. */
export class DrillServer {
  readonly port: number
  readonly #env: Record<string, string>
  #child: ChildProcess | undefined
  readonly #written = { stdout: '', stderr: '' }

  constructor (port: number, env: Record<string, string>) {
    this.port = port
    this.#env = env
  }

  /** Starts it and waits until it is ready. */
  async start (): Promise<void> {
    const child = this.#child = spawn(process.execPath, [join(ROOT, 'dist/server.js')], {
      // A folder without an .env file.
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'], PORT: String(this.port), ...this.#env }
    })
    for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', chunk => { this.#written[name] += chunk })
    for (const end = Date.now() + START_MS; !await this.isReady();) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`the server did not start: ${this.output.slice(-2000)}`)
      await sleep(50)
    }
  }

  /** What all its processes wrote, each stream by itself. */
  get output (): string {
    return `${this.#written.stdout}\n${this.#written.stderr}`
  }

  async isReady (): Promise<boolean> {
    const response = await fetch(`http://localhost:${this.port}/health/ready`).catch(() => undefined)
    await response?.arrayBuffer()
    return response?.status === 200
  }

  /** Sends SIGTERM. Gives the exit code. */
  stop (): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  /** Ends the first process and its workers at once. */
  async kill (): Promise<void> {
    const workers = this.workers()
    const end = this.#end('SIGKILL')
    workers.forEach(kill)
    await end
    for (let i = 0; i < 50 && workers.some(runs); i++) await sleep(10)
  }

  /** Kills one worker. Resolves when the first process has noticed. */
  async killWorker (): Promise<void> {
    const [pid] = this.workers() as [number]
    kill(pid)
    while (!this.output.includes(`worker ${pid} ended with SIGKILL`)) await sleep(5)
  }

  /** The ids of the workers that became ready last. */
  workers (): number[] {
    const pids = this.output.split('\n').filter(line => line.includes('ready for connections')).map(line => JSON.parse(line).pid as number)
    return [...new Set(pids)].filter(runs)
  }

  async #end (signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child as ChildProcess
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const exit = once(child, 'exit')
    child.kill(signal)
    return (await exit)[0]
  }
}

function kill (pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

function runs (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
