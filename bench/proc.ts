import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

const pageKilobytes = Number(execFileSync('getconf', ['PAGESIZE'])) / 1024

/** Whether processes can be kept on one core each: the server on the first, all else on the second. */
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

/** Puts a command on one core, or on both, where that can be done; without a word, it would stay where this process is. */
export function onCore (core: 0 | 1 | 'both', command: readonly string[]): readonly [string, ...string[]] {
  const whole = pinned ? ['taskset', '-c', core === 'both' ? '0,1' : String(core), ...command] : command
  const [program, ...args] = whole
  if (program === undefined) throw new Error('There is nothing to run')
  return [program, ...args]
}

/** Moves this process and its threads to the core of everything that is not measured. */
export function stepAside (): void {
  if (pinned) execFileSync('taskset', ['-a', '-c', '-p', '1', String(process.pid)], { stdio: 'ignore' })
}

/** A process and all that descend from it. */
export function family (pid: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    const child = Number(entry)
    if (child > 0) parents.set(child, Number(stat(child)?.[1] ?? 0))
  }

  const found = [pid]
  for (const member of found) {
    for (const [child, parent] of parents) if (parent === member) found.push(child)
  }
  return found
}

/** Seconds of processor time, user and system, that these processes and their threads have had. */
export function cpuSeconds (pids: readonly number[]): number {
  const threads = pids.flatMap(pid => readdirSync(`/proc/${pid}/task`).map(thread => `/proc/${pid}/task/${thread}/schedstat`))
  // To the nanosecond, where the times in stat are counted in hundredths of a second.
  return threads.reduce((sum, path) => sum + Number.parseInt(readFileSync(path, 'latin1'), 10), 0) / 1e9
}

/** Megabytes of memory that these processes hold. */
export function residentMegabytes (pids: readonly number[]): number {
  const pages = pids.map(pid => Number(stat(pid)?.[21] ?? 0))
  return pages.reduce((sum, count) => sum + count, 0) * pageKilobytes / 1024
}

/** The fields of proc(5) from the third on: the second may hold spaces. */
function stat (pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
