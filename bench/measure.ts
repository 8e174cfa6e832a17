import { writeFileSync } from 'node:fs'
import { check, type Message } from './calls.ts'
import { load, warmUp, type Round } from './load.ts'
import { ANSWERS, start, type Running } from './running.ts'
import type { CallName, Server } from './servers.ts'
import type { Tokens } from './tokens.ts'
import type { Workload } from './workloads.ts'

/** What a run has at hand, and how much it is to do. */
export interface Bench {
  readonly tokens: Tokens
  /** Processes of each server, one after the other: the same build differs by some percent from process to process. */
  readonly starts: number
  /** Rounds of each process. */
  readonly rounds: number
  /** Requests of a round. */
  readonly requests: number
  readonly connections: number
  readonly profile?: string | undefined
}

/** All rounds of a server under one workload. Those of the same index ran next to one another. */
export interface Measured {
  readonly server: Server
  readonly rounds: readonly Round[]
}

// A peer takes ten times as long as this server.
const PEER_SHARE = 0.2

/**
 * Measures servers under one workload: each in a new process, checked, warmed up, then loaded round by round in turn,
 * so that all of them meet the same machine. `between` runs once for each start.
 */
export async function measure (bench: Bench, workload: Workload, servers: readonly Server[], between = async () => {}): Promise<Measured[]> {
  const rounds = new Map<string, Round[]>(servers.map(({ name }) => [name, []]))
  for (let started = 0; started < bench.starts; started++) {
    await withRunning(bench, workload.call, rotate(servers, started), async running => {
      for (const each of running) await warmUp(each, workload, share(each, workload.warmUp), bench.connections)
      for (let round = 0; round < bench.rounds; round++) {
        for (const each of rotate(running, round)) {
          rounds.get(each.server.name)?.push(await load(each, workload, share(each, bench.requests / workload.weight), bench.connections))
        }
      }
    })
    await between()
  }
  return servers.map(server => ({ server, rounds: rounds.get(server.name) ?? [] }))

  function share ({ server }: Running, requests: number): number {
    return Math.max(bench.connections, Math.round(requests * (server.kind === 'peer' ? PEER_SHARE : 1)))
  }
}

/**
 * Starts servers, checks them, and stops them after `use`, which gets them in the order asked for. The bare ones start
 * last: they give the answer of this server, or else of the first other.
 */
export async function withRunning<T> (
  { tokens, profile }: Bench, call: CallName, servers: readonly Server[], use: (running: readonly Running[]) => Promise<T>
): Promise<T> {
  const order = ['ours', 'build', 'peer', 'bare']
  const running: Running[] = []
  let model: Message | undefined
  try {
    for (const server of [...servers].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))) {
      if (server.kind === 'bare') {
        if (model === undefined) throw new Error('A bare server needs another server, whose answer it gives')
        writeFileSync(ANSWERS, JSON.stringify({ [call]: model }))
      }
      const each = await start(server, tokens.issuer.url, profile)
      running.push(each)
      const answer = await check(each, call, tokens)
      model ??= answer
    }
    return await use(running.sort((a, b) => servers.indexOf(a.server) - servers.indexOf(b.server)))
  } finally {
    await Promise.all(running.map(each => each.stop()))
  }
}

/** The same list, begun elsewhere. */
export function rotate<T> (list: readonly T[], by: number): T[] {
  const from = by % list.length
  return [...list.slice(from), ...list.slice(0, from)]
}

/** The middle value, or the mean of the two in the middle. */
export function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}

/** Half the distance between the quartiles. */
export function spread (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN
  return (at(0.75) - at(0.25)) / 2
}

/** Each value over the one of the same index. */
export function ratios (values: readonly number[], over: readonly number[]): number[] {
  return values.map((value, n) => value / (over[n] ?? NaN))
}
