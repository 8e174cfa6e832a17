import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Keeps a directory to this process until it ends: two runs would take one another's cores and tokens.
 * @throws Error where another process has it
 */
export function lock (directory: string): void {
  const path = join(directory, 'lock')
  const holder = read(path)
  if (holder !== undefined && isAlive(holder)) throw new Error(`Another bench is running: process ${holder}`)
  rmSync(path, { force: true })
  writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 })
  process.on('exit', () => rmSync(path, { force: true }))
}

function read (path: string): number | undefined {
  try {
    return Number(readFileSync(path, 'utf8')) || undefined
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
