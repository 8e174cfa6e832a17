import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { median, type Round } from './load.ts'
import type { Measured, Sampled } from './measure.ts'
import type { Tail } from './tail.ts'

/** What a server took under a workload: medians, and half the distance between the quartiles. */
export interface Row {
  readonly workload: string
  readonly title: string
  readonly server: string
  readonly label: string
  readonly unit: Unit
  readonly value: number
  readonly spread: number
  /** Ratios are taken between values of the same index, then the median. NaN without the other server. */
  readonly overBare: number
  readonly overOurs: number
  /** Over the other build, and the spread of that. */
  readonly overBuild: number
  readonly overBuildSpread: number
  readonly load?: Omit<Round, 'cpu'>
  readonly values: readonly number[]
}

/** Microseconds of processor time per request; milliseconds to the first answer; megabytes held. */
export type Unit = 'µs' | 'ms' | 'MB'

/** All that a run found out, and where. */
export interface Report {
  readonly date: string
  readonly machine: string
  readonly node: string
  /** Commits, or the name of the folder. */
  readonly ours: string
  readonly build: string | undefined
  readonly method: string
  /** Whether the figures can be compared with the targets. */
  readonly isComparable: boolean
  /** The share of the rounds in which the load waited for its core: the median. */
  readonly held: number
  /** Microseconds for one `crypto.verify`, RS256 with 2048 bits. */
  readonly verify: number | undefined
  readonly rows: readonly Row[]
  readonly tail: readonly Tail[]
}

/** Sums up a workload of rounds: the value is the processor time of a request. */
export function rowsOfRounds (workload: string, title: string, measured: readonly Measured[]): Row[] {
  const rows = rowsOf(workload, title, 'µs', measured.map(({ server, rounds }) => ({ server, values: rounds.map(({ cpu }) => cpu) })))
  return rows.map((row, n) => {
    const of = (figure: keyof Round) => median((measured[n]?.rounds ?? []).map(round => round[figure]))
    return { ...row, load: { perSecond: of('perSecond'), p50: of('p50'), p99: of('p99'), megabytes: of('megabytes'), held: of('held') } }
  })
}

/** Sums up samples of several servers. */
export function rowsOf (workload: string, title: string, unit: Unit, sampled: readonly Sampled[]): Row[] {
  const of = (name: string) => sampled.find(({ server }) => server.name === name)?.values ?? []
  return sampled.map(({ server, values }) => {
    const overBuild = ratios(values, of(server.rival ?? 'build'))
    return {
      workload,
      title,
      server: server.name,
      label: server.title,
      unit,
      value: median(values),
      spread: spread(values),
      overBare: median(ratios(values, of('bare-fastify'))),
      overOurs: median(ratios(values, of('ours'))),
      overBuild: median(overBuild),
      overBuildSpread: spread(overBuild),
      values
    }
  })
}

/** The commit of a checkout, or the name of its folder. */
export function commitOf (folder: string): string {
  if (!existsSync(join(folder, '.git'))) return basename(resolve(folder))
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: folder, encoding: 'utf8' }).trim()
}

/** JSON with a row on each line and four significant digits. */
export function toJson ({ rows, tail, ...report }: Report): string {
  const short = (_key: string, value: unknown) => typeof value === 'number' && !Number.isNaN(value) ? Number(value.toPrecision(4)) : value
  const lines = (list: readonly object[]) => `[\n${list.map(each => `    ${JSON.stringify(each, short)}`).join(',\n')}\n  ]`
  const head = Object.entries(report).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value, short) ?? 'null'}`)
  return `{\n${[...head, `  "rows": ${lines(rows)}`, `  "tail": ${lines(tail)}`].join(',\n')}\n}\n`
}

/** Half the distance between the quartiles. */
export function spread (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN
  return (at(0.75) - at(0.25)) / 2
}

/** Each value over the one of the same index. */
function ratios (values: readonly number[], over: readonly number[]): number[] {
  return values.map((value, n) => value / (over[n] ?? NaN))
}
