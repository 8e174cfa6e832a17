import { check, untilUp } from './calls.ts'
import { load } from './load.ts'
import { median, rotate, withRunning, type Bench } from './measure.ts'
import { start, type Running } from './running.ts'
import type { Server } from './servers.ts'
import type { Workload } from './workloads.ts'

/** One figure per process of a server; those of the same index belong together. */
export interface Sampled {
  readonly server: Server
  readonly values: readonly number[]
}

// Requests between two looks at the memory. A figure is the median of several looks, since the collector moves it.
const STEP = 5000
const LOOKS = 5
const STARTS_PER_ROUND = 3

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
      const megabytes = await megabytesOf(server)
      held.forEach((of, n) => of.get(server.name)?.push(megabytes[n] ?? NaN))
    }
  }
  return held.map(of => servers.map(server => ({ server, values: of.get(server.name) ?? [] })))

  function megabytesOf (server: Server): Promise<number[]> {
    return withRunning(bench, workload.call, [server], async ([running]) => {
      const looks: number[] = []
      for (let sent = 0; sent < (marks.at(-1) ?? 0); sent += STEP) {
        looks.push((await load(running as Running, workload, STEP, bench.connections)).megabytes)
      }
      return marks.map(requests => median(looks.slice(requests / STEP - LOOKS, requests / STEP)))
    })
  }
}
