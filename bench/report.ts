import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { resolve } from 'node:path'
import type { Memory } from './memory.ts'
import type { Server } from './servers.ts'
import type { StartTime } from './start-time.ts'
import type { Row } from './summary.ts'
import type { Tail } from './tail.ts'

/** All that a run has found out, and where. */
export interface Report {
  readonly date: string
  readonly machine: string
  readonly node: string
  readonly versions: Readonly<Record<string, string>>
  readonly method: string
  /** Whether the figures can be held against the targets: nothing slowed the server down that was not meant to. */
  readonly isComparable: boolean
  readonly rows: readonly Row[]
  /** Microseconds for one `crypto.verify`, RS256 with 2048 bits. */
  readonly verify: number | undefined
  readonly start: readonly StartTime[]
  readonly tail: readonly Tail[]
  readonly memory: readonly Memory[]
}

const packages = ['@modelcontextprotocol/server', '@modelcontextprotocol/sdk', 'fastmcp', 'express', 'jose']

/** The machine, in the words of its processor. */
export function machine (): string {
  const [first] = cpus()
  return `${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`
}

/** The versions of what is measured, as installed. */
export function versions (servers: readonly Server[]): Record<string, string> {
  const found: Record<string, string> = { fastify: versionOf('../node_modules/fastify') }
  if (servers.some(({ kind }) => kind === 'peer')) {
    for (const name of packages) found[name] = versionOf(`peers/node_modules/${name}`)
  }
  return found
}

function versionOf (directory: string): string {
  return JSON.parse(readFileSync(resolve(import.meta.dirname, directory, 'package.json'), 'utf8')).version
}
