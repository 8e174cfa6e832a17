import { writeFileSync } from 'node:fs'
import { load, median, warmUp, type Round } from './load.ts'
import type { Bench } from './options.ts'
import { ANSWERS, check, start, untilUp, type Running } from './running.ts'
import { rotate, type CallName, type Server } from './servers.ts'
import type { Message, Workload } from './workloads.ts'

/** All rounds of a server under one workload. Those of the same index ran next to one another. */
export interface Measured {
  readonly server: Server
  readonly rounds: readonly Round[]
}

/** One figure per process of a server; those of the same index belong together. */
export interface Sampled {
  readonly server: Server
  readonly values: readonly number[]
}

// A peer takes ten times as long as this server.
const PEER_SHARE = 0.2
// Requests between two looks at the memory. A figure is the median of several looks, since the collector moves it.
const STEP = 5000
const LOOKS = 5
const STARTS_PER_ROUND = 3

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

/** Milliseconds from the start of the process to the first good answer, keys fetched. */
export async function startTimes (bench: Bench, servers: readonly Server[]): Promise<Sampled[]> {
  const { tokens } = bench
  // Writes down the answer that the bare servers are to give.
  await withRunning(bench, 'modern', servers, async () => {})

  const token = tokens.one()
  const taken = new Map<string, number[]>(servers.map(({ name }) => [name, []]))
  for (let round = 0; round < bench.starts * STARTS_PER_ROUND; round++) {
    for (const server of rotate(servers, round)) {
      const began = performance.now()
      const running = await start(server, tokens.issuer.url)
      await untilUp(running, 'modern', token, 1)
      taken.get(server.name)?.push(performance.now() - began)
      if (round === 0) await check(running, 'modern', tokens)
      await running.stop()
    }
  }
  return servers.map(server => ({ server, values: taken.get(server.name) ?? [] }))
}

/**
 * Megabytes held after so many requests with more tokens than the cache keeps, in `starts` processes.
 * @param marks numbers of requests, ascending, multiples of 5,000
 * @returns for each mark, the samples of each server
 */
export async function memory (bench: Bench, workload: Workload, servers: readonly Server[], marks: readonly number[], starts: number): Promise<Sampled[][]> {
  const held = marks.map(() => new Map<string, number[]>(servers.map(({ name }) => [name, []])))
  for (let started = 0; started < starts; started++) {
    for (const server of rotate(servers, started)) {
      const megabytes = await withRunning(bench, workload.call, [server], async ([running]) => {
        const looks: number[] = []
        for (let sent = 0; sent < (marks.at(-1) ?? 0); sent += STEP) {
          looks.push((await load(running as Running, workload, STEP, bench.connections)).megabytes)
        }
        return marks.map(requests => median(looks.slice(requests / STEP - LOOKS, requests / STEP)))
      })
      held.forEach((of, n) => of.get(server.name)?.push(megabytes[n] ?? NaN))
    }
  }
  return held.map(of => servers.map(server => ({ server, values: of.get(server.name) ?? [] })))
}
