import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Whether processes can be kept on one core each: the server on core 0, everything else on core 1. */
export const PINNED = availableParallelism() > 1 && spawnSync('taskset', ['-V']).status === 0

const PAGE_BYTES = Number(execFileSync('getconf', ['PAGESIZE']))

/** A command that runs on one core, or on both. Without `taskset` it runs wherever the system puts it. */
export function onCore (core: 0 | 1 | 'both', command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  return PINNED ? ['taskset', '-c', core === 'both' ? '0,1' : String(core), ...command] : command
}

/** Moves this process and its threads to core 1, away from the server. */
export function stepAside (): void {
  if (PINNED) execFileSync('taskset', ['-a', '-c', '-p', '1', String(process.pid)], { stdio: 'ignore' })
}

/** A process and all its descendants. */
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
  const pages = pids.reduce((sum, pid) => sum + Number(stat(pid)?.[21] ?? 0), 0)
  return pages * PAGE_BYTES / 2 ** 20
}

/** schedstat counts nanoseconds; the times in stat are too coarse, hundredths of a second. */
function schedule (folder: string): { readonly ran: number, readonly waited: number } {
  const [ran = 0, waited = 0] = readFileSync(`${folder}/schedstat`, 'latin1').split(' ').map(Number)
  return { ran: ran / 1000, waited: waited / 1000 }
}

/** The fields of proc(5) stat from the third on: the second is a name and may hold spaces. */
function stat (pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
