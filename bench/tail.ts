import type { Bench } from './measure.ts'
import { jobFor, startAll } from './measure.ts'
import type { Running } from './running.ts'
import type { Server } from './servers.ts'
import { median } from './summary.ts'
import type { Workload } from './workloads.ts'

/** How long the slowest wait at a fixed rate. */
export interface Tail {
  readonly server: string
  readonly label: string
  /** Requests a second. */
  readonly peak: number
  /** Rounds in which the load itself kept its pace. None: there are no other figures. */
  readonly rounds: number
  /** Milliseconds at the share of the peak, from when each request was due. */
  readonly p50: number
  readonly p99: number
  /** The one over the other, round by round. */
  readonly ratio: number
  /** The least of these: what is the server's own, and not the machine's. */
  readonly quietest: number
}

const share = 0.7
const peakRounds = 5
// In services of one request. Where the median waits longer, the machine gave less than what the peak was found with:
// the queue only grows, and its length says nothing of the server.
const longest = 10
// Of a round, in which the load stood still: above that, the slowest requests are those that it sent late.
const mostStalled = 0.005
// Rounds to try for each that counts.
const tries = 3

/**
 * Finds each server's peak rate, then sends a fixed share of it whatever the answers take, so that a
 * slow answer delays no request and hides none.
 */
export async function tails (bench: Bench, workload: Workload, servers: readonly Server[]): Promise<Tail[]> {
  const running = await startAll(bench, workload.call, servers)
  try {
    const found: Tail[] = []
    for (const each of running) found.push(await tailOf(bench, workload, each))
    return found
  } finally {
    await Promise.all(running.map(each => each.stop()))
  }
}

async function tailOf (bench: Bench, workload: Workload, running: Running): Promise<Tail> {
  const job = jobFor(bench, workload, running, 1)
  const peaks: number[] = []
  await bench.load.ask(jobFor(bench, workload, running, 0))
  for (let round = 0; round < peakRounds; round++) {
    const { requests, seconds } = await bench.load.ask(job)
    peaks.push(requests / seconds)
  }
  const peak = median(peaks)

  const rounds = []
  for (let left = tries * bench.rounds; left > 0 && rounds.length < bench.rounds; left--) {
    const round = await bench.load.ask({ ...job, rate: peak * share })
    if (round.p50 < longest * 1000 / peak && round.stalled <= mostStalled) rounds.push(round)
  }
  const ratios = rounds.map(({ p50, p99 }) => p99 / p50)
  return {
    server: running.server.name,
    label: running.server.title,
    peak,
    rounds: rounds.length,
    p50: median(rounds.map(({ p50 }) => p50)),
    p99: median(rounds.map(({ p99 }) => p99)),
    ratio: median(ratios),
    quietest: Math.min(...ratios)
  }
}
