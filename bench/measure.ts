import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from './check.ts'
import type { Answer } from './check.ts'
import type { startHelper } from './helper.ts'
import type { Job, Outcome } from './job.ts'
import type { Pool } from './pool.ts'
import { family } from './proc.ts'
import { calls, halves } from './requests.ts'
import type { CallName } from './requests.ts'
import { start } from './running.ts'
import type { Running } from './running.ts'
import type { Server } from './servers.ts'
import type { Workload } from './workloads.ts'

/** What a run has at hand. */
export interface Bench {
  readonly pool: Pool
  readonly load: ReturnType<typeof startHelper<Job, Outcome>>
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  readonly profile?: string | undefined
}

/** The rounds of one server under one workload. */
export interface Measured {
  readonly server: Server
  readonly rounds: readonly Outcome[]
}

const settle = 50
const warmupSeconds = 120
// A peer takes ten times as long for a request; it is warm after this part of the others' warm-up.
const peerShare = 0.2

/**
 * Runs one workload: every server in a fresh process of its own, checked, warmed up, and then loaded
 * round by round in turn, so that what else the machine does falls on all of them alike.
 * `between` is called once a round.
 */
export async function measure (bench: Bench, workload: Workload, servers: readonly Server[], between = async () => {}): Promise<Measured[]> {
  const running = await startAll(bench, workload.call, servers)
  try {
    const outcomes = new Map<Running, Outcome[]>(running.map(each => [each, []]))
    for (const each of running) await bench.load.ask(jobFor(bench, workload, each, 0))

    for (let round = 1; round <= bench.rounds; round++) {
      await between()
      for (const each of rotate(running, round)) {
        const outcome = await bench.load.ask(jobFor(bench, workload, each, round))
        outcomes.get(each)?.push(outcome)
      }
    }
    return running.map(each => ({ server: each.server, rounds: outcomes.get(each) ?? [] }))
  } finally {
    await Promise.all(running.map(each => each.stop()))
  }
}

/**
 * Starts servers and checks them, the bare ones last: what these answer, byte for byte and header for
 * header, is what this server answers, or else the first of its peers.
 */
export async function startAll ({ pool, profile }: Bench, call: CallName, servers: readonly Server[]): Promise<Running[]> {
  const answers = join(pool.directory, 'answers.json')
  const surroundings = { issuer: pool.identity.issuer, directory: pool.directory, answers, profile }
  const running: Running[] = []
  const order = ['ours', 'peer', 'bare']

  try {
    let model: Answer | undefined
    for (const server of [...servers].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
      if (server.kind === 'bare' && model === undefined) throw new Error('A bare server needs another whose answers it can give')
      if (server.kind === 'bare') writeFileSync(answers, JSON.stringify({ [call]: model }))
      const each = await start(server, surroundings)
      running.push(each)
      const answer = await check(each, call, pool.identity)
      model ??= answer
    }
  } catch (error) {
    await Promise.all(running.map(each => each.stop()))
    throw error
  }
  return running.sort((a, b) => servers.indexOf(a.server) - servers.indexOf(b.server))
}

/** The load that a workload means for a server. */
export function jobFor (bench: Bench, workload: Workload, { server, port, pid }: Running, round: number): Job {
  // A bare server looks at no token: it may have them twice, where others would run out of new ones.
  const range = workload.tokens(round)
  const tokens = range === undefined ? undefined : { ...range, again: range.again || server.kind === 'bare' }
  const warmup = Math.ceil(workload.warmup * (server.kind === 'peer' ? peerShare : 1))

  return {
    name: `${server.name} under ${workload.name}`,
    port,
    pids: family(pid),
    halves: halves(calls[workload.call], port, tokens !== undefined),
    tokens,
    expect: server.kind === 'bare' ? 200 : workload.expect,
    connections: bench.connections,
    warmup: round === 0 ? 0 : settle,
    seconds: round === 0 ? warmupSeconds : bench.seconds,
    limit: round === 0 ? warmup : Number.MAX_SAFE_INTEGER,
    rate: undefined,
    // A server that may run on any core needs what the load leaves of the second.
    spin: !server.spread
  }
}

/** The same list, begun elsewhere. */
export function rotate<T> (list: readonly T[], by: number): T[] {
  const from = by % list.length
  return [...list.slice(from), ...list.slice(0, from)]
}
