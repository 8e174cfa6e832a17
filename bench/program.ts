import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { startHelper } from './helper.ts'
import { startIssuer } from './issuer.ts'
import type { Job, Outcome } from './job.ts'
import { lock } from './lock.ts'
import type { Bench } from './measure.ts'
import { benchDirectory, openPool } from './pool.ts'
import { pinned, stepAside } from './proc.ts'

/** What a program of the bench needs to know. */
export interface BenchOptions extends Omit<Bench, 'pool' | 'load'> {
  readonly tokens: number
  /** Whether tokens of an earlier run are not good enough. Default: they are. */
  readonly fresh?: boolean
  /** Where the built server is. */
  readonly dist: string
}

/**
 * Runs something with tokens, an issuer and a load at hand, which end with it whatever happens.
 * @throws Error with a sentence for whoever started it
 */
export async function withBench<T> ({ tokens, fresh = false, dist, ...options }: BenchOptions, run: (bench: Bench) => Promise<T>): Promise<T> {
  if (!existsSync(resolve(dist, 'server.js'))) throw new Error(`There is no ${dist}/server.js: run "npm run build" first`)
  if (!pinned) process.stderr.write('server and load share their cores (no taskset, or only one core): the figures say little\n')
  lock(benchDirectory())

  const pool = await openPool(tokens, fresh)
  const issuer = await startIssuer(pool.identity)
  stepAside()
  const load = startHelper<Job, Outcome>('load.ts', 1)
  try {
    return await run({ pool, load, ...options })
  } finally {
    load.stop()
    issuer.close()
  }
}

/** Runs a program of the bench to its end, which what goes wrong in it tells in one sentence. */
export async function main (program: () => Promise<void>): Promise<void> {
  try {
    await program()
  } catch (error) {
    console.error((error as Error).message)
    // What still runs ends with this process.
    process.exit(1)
  }
}
