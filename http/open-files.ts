import { readFileSync } from 'node:fs'

/**
 * How many connections this process may have, at most `most`: half of the file descriptors that it may open. The other
 * half is for everything else, such as the keys, Redis, and what the tools connect to.
 *
 * @param limits the file in which Linux tells the limits of this process. Other systems have none, and get `most`
 */
export function connectionsWithin (most: number, limits = '/proc/self/limits'): number {
  return Math.min(most, Math.floor(openFiles(limits) / 2))
}

function openFiles (limits: string): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync(limits, 'utf8')) ?? []
    return Number(soft ?? Infinity)
  } catch {
    return Infinity
  }
}
