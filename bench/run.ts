import { createPublicKey } from 'node:crypto'
import { startHelper } from './helper.ts'
import { measure } from './measure.ts'
import type { Bench } from './measure.ts'
import { memoryUnderLoad } from './memory.ts'
import type { Options } from './options.ts'
import { pinned } from './proc.ts'
import { refusedTokens } from './refused.ts'
import { machine, versions } from './report.ts'
import type { Report } from './report.ts'
import type { Server } from './servers.ts'
import { startTimes } from './start-time.ts'
import { median, summarize } from './summary.ts'
import type { Row } from './summary.ts'
import { tails } from './tail.ts'
import type { VerifyJob } from './verify.ts'
import { roundWorkloads, takesPart } from './workloads.ts'
import type { Workload } from './workloads.ts'

const verifications = 3000

/**
 * Runs all that the options ask for, one after the other, and tells what came of it.
 * @throws Error where a workload was asked for that these servers cannot give
 */
export async function runAll (bench: Bench, options: Options, servers: readonly Server[]): Promise<Report> {
  const workloads = roundWorkloads(bench.pool, refusedTokens(bench.pool), bench.rounds)
  const verified: number[] = []
  const rows: Row[] = []
  for (const workload of workloads) {
    const able = servers.filter(server => takesPart(server, workload))
    if (isAsked(workload.name, able.some(({ kind }) => kind !== 'bare'), 'a server that is not bare')) rows.push(...await roundsOf(workload, able))
  }

  const pair = named('bare-fastify', 'ours')
  const withPair = (name: string) => isAsked(name, pair.length === 2, 'bare-fastify and ours')
  const tail = withPair('tail') ? await tails(bench, workloadOf('w1'), pair) : []
  const start = withPair('start') ? await startTimes(bench, named('bare-fastify', 'ours', 'sdk2-fastify', 'sdk2-express'), bench.rounds) : []
  const [ours] = named('ours')
  const wantsMemory = options.long || options.workloads.includes('memory')
  const memory = wantsMemory && isAsked('memory', ours !== undefined, 'ours') ? await memoryUnderLoad(bench, workloadOf('w2b'), ours as Server) : []

  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    node: process.version,
    versions: versions(servers),
    method: `${bench.rounds} rounds of ${bench.seconds} s, ${bench.connections} connections${pinned ? ', server and load on a core each' : ''}.`,
    isComparable: pinned && bench.profile === undefined,
    rows,
    verify: verified.length > 0 ? median(verified) : undefined,
    tail,
    start,
    memory
  }

  async function roundsOf (workload: Workload, able: readonly Server[]): Promise<Row[]> {
    const between = workload.name === 'w3' ? async () => { verified.push(await verifyCost(bench)) } : undefined
    const rows = summarize(workload, await measure(bench, workload, able, between))
    // For who waits, and for what was found if a later workload fails.
    for (const { label, cpu, overBare } of rows) process.stderr.write(`  ${label}: ${cpu.toFixed(1)} µs${Number.isNaN(overBare) ? '' : `, ${overBare.toFixed(2)} × bare`}\n`)
    return rows
  }

  function named (...names: string[]): Server[] {
    return names.flatMap(name => servers.filter(server => server.name === name))
  }

  function workloadOf (wanted: string): Workload {
    return workloads.find(({ name }) => name === wanted) as Workload
  }

  // What was asked for by name and cannot be had is said; what is part of "everything" is left out.
  function isAsked (name: string, possible: boolean, needed: string): boolean {
    const isNamed = options.workloads.includes(name)
    if (isNamed && !possible) throw new Error(`${name} needs ${needed}: see --server`)
    const asked = possible && (isNamed || options.workloads.length === 0 || (name === 'memory' && options.long))
    if (asked) process.stderr.write(`${name} …\n`)
    return asked
  }
}

/** Microseconds that one signature check takes on the server's core. */
export async function verifyCost ({ pool }: Pick<Bench, 'pool'>): Promise<number> {
  const helper = startHelper<VerifyJob, number>('verify.ts', 0)
  const pem = createPublicKey(pool.identity.key).export({ type: 'spki', format: 'pem' }).toString()
  const count = Math.min(verifications, pool.count)

  const microseconds = await helper.ask({ pem, tokens: { file: pool.file, first: 0, count, used: 0, again: false } })
  helper.stop()
  return microseconds
}
