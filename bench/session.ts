import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Bench } from './measure.ts'
import { onCore, PINNED, stepAside } from './proc.ts'
import { benchFolder, openTokens } from './tokens.ts'
import { TOKEN_COUNT } from './workloads.ts'

/**
 * Runs one of the bench's programs with tokens and an issuer. Only one runs at a time: two would take one another's cores.
 * An error ends the process with one sentence and exit code 1.
 */
export async function session (options: Omit<Bench, 'tokens'>, run: (bench: Bench) => Promise<void>): Promise<void> {
  try {
    lock(join(benchFolder(), 'lock'))
    install('.')
    if (!PINNED) console.error('server and load share their cores (no taskset, or only one core): the figures say little')
    const tokens = await openTokens(TOKEN_COUNT)
    stepAside()
    await run({ ...options, tokens })
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

function lock (path: string): void {
  const holder = Number(readIfThere(path))
  if (holder > 0 && isAlive(holder)) throw new Error(`Another bench is running: process ${holder}`)
  rmSync(path, { force: true })
  const file = openSync(path, 'wx', 0o600)
  writeSync(file, String(process.pid))
  closeSync(file)
  process.on('exit', () => rmSync(path, { force: true }))
}

function readIfThere (path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function isAlive (pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
