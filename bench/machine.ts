import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { benchFolder, openTokens, TOKEN_COUNT, type Tokens } from './tokens.ts'

/** Whether processes can be kept on one core each: the server on core 0, everything else on core 1. */
export const PINNED = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

const PAGE_BYTES = Number(execFileSync('getconf', ['PAGESIZE']))

/** A command that runs on one core, or on both. Without `taskset` it runs wherever the system puts it. */
export function onCore (core: 0 | 1 | 'both', command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return PINNED ? ['taskset', '-c', core === 'both' ? '0,1' : String(core), ...command] : command
}

/**
 * Runs one of the bench's programs with tokens and an issuer. Only one runs at a time: two would share their cores.
 * An error ends the process with one sentence and exit code 1.
 */
export async function session (run: (tokens: Tokens) => Promise<void>): Promise<void> {
  try {
    lock(join(benchFolder(), 'lock'))
    install('.')
    if (!PINNED) console.error('server and load share their cores (no taskset, or only one core): the figures say little')
    const tokens = await openTokens(TOKEN_COUNT)
    stepAside()
    await run(tokens)
    await tokens.issuer.close()
  } catch (error) {
    console.error((error as Error).message)
    process.exit(1)
  }
}

/** Installs the packages of the bench, or of its peers, unless they are there: the project itself needs neither. */
export function install (folder: '.' | 'peers'): void {
  const cwd = resolve(import.meta.dirname, folder)
  if (existsSync(resolve(cwd, 'node_modules/.package-lock.json'))) return
  console.error(`installing the packages of ${folder === '.' ? 'the bench' : 'its peers'} …`)
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Microseconds of one signature check on the server's core. */
export function verifyCost (): number {
  const [program, ...args] = onCore(0, [process.execPath, ...process.execArgv, resolve(import.meta.dirname, 'micro.ts'), 'verify'])
  return Number(execFileSync(program, args, { encoding: 'utf8' }))
}

/** A process and all its descendants. */
export function family (pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap(thread => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' '))
  return [pid, ...children.filter(child => child !== '').map(Number).flatMap(family)]
}

/** Microseconds of processor time, user and system, of these processes and all their threads. */
export function cpuTime (pids: readonly number[]): number {
  const threads = pids.flatMap(pid => readdirSync(`/proc/${pid}/task`).map(thread => `/proc/${pid}/task/${thread}`))
  return threads.reduce((sum, thread) => sum + schedule(thread).ran, 0)
}

/** Microseconds in which this process was ready to run and had to wait for its core. */
export function waitingTime (): number {
  return schedule('/proc/self').waited
}

/** Megabytes of memory that these processes hold. */
export function residentMegabytes (pids: readonly number[]): number {
  const pages = pids.reduce((sum, pid) => sum + Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]), 0)
  return pages * PAGE_BYTES / 2 ** 20
}

/** The machine, by its processors and memory. */
export function machineName (): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`
}

/** A real pipe: what Node opens between processes is a socket. */
export function openPipe (path: string) {
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

function lock (path: string): void {
  const holder = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (holder !== '' && existsSync(`/proc/${holder}`)) throw new Error(`Another bench is running: process ${holder}`)
  writeFileSync(path, String(process.pid), { mode: 0o600 })
  process.on('exit', () => rmSync(path, { force: true }))
}

/** Moves this process and its threads to core 1, away from the server. */
function stepAside (): void {
  if (PINNED) execFileSync('taskset', ['-a', '-c', '-p', '1', String(process.pid)], { stdio: 'ignore' })
}

/** schedstat counts nanoseconds; the times in stat are too coarse, hundredths of a second. */
function schedule (folder: string): { readonly ran: number, readonly waited: number } {
  const [ran = 0, waited = 0] = readFileSync(`${folder}/schedstat`, 'latin1').split(' ').map(Number)
  return { ran: ran / 1000, waited: waited / 1000 }
}
