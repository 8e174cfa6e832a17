import { createPublicKey } from 'node:crypto'
import { startHelper } from './helper.ts'
import { measure } from './measure.ts'
import type { Bench } from './measure.ts'
import { memoryUnderLoad } from './memory.ts'
import type { Memory } from './memory.ts'
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
import { roundWorkloads } from './workloads.ts'

const verifications = 3000

/** Runs all that the options ask for, one after the other, and tells what came of it. */
export async function runAll (bench: Bench, options: Options, servers: readonly Server[]): Promise<Report> {
  const workloads = roundWorkloads(bench.pool, refusedTokens(bench.pool), bench.rounds)
  const [w1] = workloads
  const past = workloads.find(({ name }) => name === 'w2b')
  if (w1 === undefined || past === undefined) throw new Error('There is nothing to run')

  const asked = (name: string) => options.workloads.length === 0 || options.workloads.includes(name)
  const named = (...names: string[]) => names.flatMap(name => servers.filter(server => server.name === name))
  const rows: Row[] = []
  const verified: number[] = []

  for (const workload of workloads.filter(({ name }) => asked(name))) {
    const able = servers.filter(server => workload.takes(server) && server.calls.includes(workload.call))
    if (able.every(({ kind }) => kind === 'bare')) continue

    say(`${workload.name}: ${workload.title}`)
    const between = workload.name === 'w3' ? async () => { verified.push(await verifyCost(bench)) } : async () => {}
    rows.push(...summarize(workload, await measure(bench, workload, able, between)))
  }

  const pair = named('bare-fastify', 'ours')
  const both = pair.length === 2
  if (asked('tail') && both) say('tail')
  const tail = asked('tail') && both ? await tails(bench, w1, pair) : []
  if (asked('start') && both) say('start')
  const start = asked('start') && both ? await startTimes(bench, named('bare-fastify', 'ours', 'sdk2-fastify', 'sdk2-express'), bench.rounds) : []
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    node: process.version,
    versions: versions(servers),
    method: `${bench.rounds} rounds of ${bench.seconds} s, ${bench.connections} connections${pinned ? ', server and load on a core each' : ''}.`,
    rows,
    verify: verified.length > 0 ? median(verified) : undefined,
    tail,
    start,
    memory: await memory()
  }

  async function memory (): Promise<Memory[]> {
    const [ours] = named('ours')
    const wanted = options.long || options.workloads.includes('memory')
    if (ours === undefined || past === undefined || !wanted) return []

    say('memory')
    return memoryUnderLoad(bench, past, ours)
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

function say (what: string): void {
  process.stderr.write(`${what} …\n`)
}
