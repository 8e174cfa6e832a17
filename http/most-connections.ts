import { readFileSync } from 'node:fs'

/** Connections of one process, if it may open at least twice as many file descriptors. */
export const MAX_CONNECTIONS = 8192

/**
 * How many connections this process may have: at most half as many as the file descriptors that it may open. The other
 * half is for everything else, such as the keys, Redis, and what the tools connect to.
 *
 * @param limits the file in which Linux tells the limits of this process. Other systems have none, and get MAX_CONNECTIONS
 */
export function mostConnections (limits = '/proc/self/limits'): number {
  return Math.max(1, Math.min(MAX_CONNECTIONS, Math.floor(openFiles(limits) / 2)))
}

function openFiles (limits: string): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync(limits, 'utf8')) ?? []
    return Number(soft ?? Infinity)
  } catch {
    return Infinity
  }
}
