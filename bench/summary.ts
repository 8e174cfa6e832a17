import type { Measured } from './measure.ts'
import type { Workload } from './workloads.ts'

/** One line of the table: medians over the rounds. */
export interface Row {
  readonly workload: string
  readonly title: string
  readonly server: string
  readonly label: string
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Microseconds of processor time for each request, and half the distance of the quartiles of its rounds. */
  readonly cpu: number
  readonly spread: number
  /** The same, round by round. */
  readonly rounds: readonly number[]
  /** That over the bare Fastify route's, round by round. */
  readonly overBare: number
  /** How many times dearer than this server, round by round. */
  readonly overOurs: number
  /** Megabytes, after the last round. */
  readonly resident: number
}

/** Sums up a workload. Ratios are taken within each round, where both servers had the same machine. */
export function summarize (workload: Workload, measured: readonly Measured[]): Row[] {
  const bare = cpuOf(measured, 'bare-fastify')
  const ours = cpuOf(measured, 'ours')

  return measured.map(({ server, rounds }) => {
    const cpu = cpuOf(measured, server.name)
    return {
      workload: workload.name,
      title: workload.title,
      server: server.name,
      label: server.title,
      perSecond: median(rounds.map(({ requests, seconds }) => requests / seconds)),
      p50: median(rounds.map(({ p50 }) => p50)),
      p99: median(rounds.map(({ p99 }) => p99)),
      cpu: median(cpu),
      spread: (quantile(cpu, 0.75) - quantile(cpu, 0.25)) / 2,
      rounds: cpu,
      overBare: median(cpu.map((each, round) => each / (bare[round] ?? NaN))),
      overOurs: median(cpu.map((each, round) => each / (ours[round] ?? NaN))),
      resident: rounds.at(-1)?.resident ?? NaN
    }
  })
}

/** The middle one, or the mean of the two in the middle. */
export function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}

function quantile (values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.round(share * (sorted.length - 1))] ?? NaN
}

function cpuOf (measured: readonly Measured[], name: string): number[] {
  const rounds = measured.find(({ server }) => server.name === name)?.rounds ?? []
  return rounds.map(({ cpu, requests }) => cpu / requests * 1e6)
}
