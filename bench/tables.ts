import type { Report, Row } from './report.ts'

const MAX_MEGABYTES = 130
const MAX_GROWTH = 1.03
const MAX_TAIL = 3

/** Every figure, a line per workload and server: what a run prints. */
export function details ({ rows, tail, verify }: Report): string {
  return [
    table(
      ['workload', '', 'server', 'median', '', '±', '× bare', '× this build', 'req/s', 'p50 ms', 'p99 ms', 'RSS MB', 'load held up'],
      rows.map(({ workload, title, label, unit, value, spread, overBare, overOurs, load }) => [
        workload, title, label, formatted(value, 1), unit, formatted(spread, 1), formatted(overBare), formatted(overOurs),
        formatted(load?.perSecond, 0), formatted(load?.p50), formatted(load?.p99), formatted(load?.megabytes, 0), load === undefined ? '' : `${formatted(load.held * 100, 0)} %`
      ])
    ),
    verify === undefined ? '' : `One \`crypto.verify\`: ${verify.toFixed(1)} µs.`,
    table(
      ['tail at 70 % of the peak', 'peak req/s', 'rounds that count', 'p50 ms', 'p99 ms', 'p99 / p50'],
      tail.map(({ label, peakPerSecond, rounds, p50, p99, ratio }) => [label, formatted(peakPerSecond, 0), String(rounds), formatted(p50, 3), formatted(p99, 3), formatted(ratio)])
    )
  ].filter(part => part !== '').join('\n\n')
}

/** One line per workload, for the README: this build beside the bare route, the other build and the best peer. */
export function summary (report: Report): string {
  const { date, machine, node, ours, build, method, rows, tail, isComparable, held } = report
  const lines = rows.filter(({ server }) => /^ours(?!-\d)/.test(server)).map(row => {
    const peers = rows.filter(({ workload, server, overOurs }) => workload === row.workload && !/^(bare|ours|build)/.test(server) && !Number.isNaN(overOurs))
    const best = row.server === 'ours' && peers.length > 0 ? Math.min(...peers.map(({ overOurs }) => overOurs)) : undefined
    const target = isComparable ? targetOf(row, report) : undefined
    return [
      row.workload + (row.unit === 'MB' ? ` ${row.title}` : '') + row.label.replace('this build', ''),
      `${formatted(row.value, 1)} ${row.unit}`, formatted(row.spread, 1), formatted(row.overBare), target === undefined ? '' : `${target.most.toFixed(2)}${target.unit}, ${target.met ? 'met' : 'missed'}`,
      formatted(row.overBuild, 3), formatted(row.overBuildSpread, 3), formatted(best, 1)
    ]
  })
  const compared = build === undefined ? '' : `; "new / old" compares with ${build}`
  return [
    `${date}, ${machine}, Node ${node}, build ${ours}${compared}. ${method}`,
    isComparable ? '' : `No verdict on the targets: the load waited for its core for ${formatted(held * 100, 0)} % of the time, or had none to itself, or the servers were profiled.`,
    table(['workload', 'this build', '±', '× bare', 'at most', 'new / old', '±', 'best peer / this'], lines),
    workersLine(rows),
    tail.map(({ label, ratio, rounds }) => `Tail of the ${label}: p99 is ${formatted(ratio, 1) || '?'} times p50, in ${rounds} rounds that count; at most ${MAX_TAIL}.`).join('\n')
  ].filter(part => part !== '').join('\n\n')
}

function workersLine (rows: readonly Row[]): string {
  const [one, two] = ['ours-1', 'ours-2'].map(name => rows.find(({ server }) => server === name)?.load?.perSecond)
  return one === undefined || two === undefined ? '' : `Two workers serve ${(two / one).toFixed(2)} times the requests of one, in W3 with the load on the same two cores.`
}

/** The target of a row. Most are a multiple of the bare route; targets that build on W1 or on a signature check need those. */
function targetOf (row: Row, { rows, verify = NaN }: Report) {
  const over = (workload: string) => rows.find(each => each.workload === workload && each.server === 'ours')?.overBare ?? NaN
  const bare = rows.find(each => each.workload === row.workload && each.server === 'bare-fastify')?.value ?? NaN
  const limits: Readonly<Record<string, number>> = {
    'w1 ours': 1.35,
    'w1-legacy ours': 1.35,
    'w1 ours-log': 1.65,
    'w2 ours': 1.45,
    'w2 ours-log': 1.75,
    'w2b ours': over('w3'),
    'w3 ours': over('w1-legacy') + 1.5 * verify / bare,
    'w4-none ours': over('w1'),
    'w4-garbage ours': over('w1'),
    'w4-key ours': over('w1'),
    'w4-signature ours': over('w1') + verify / bare,
    'w5 ours-tools': 1.5,
    'start ours': 1.5
  }
  if (row.workload === 'memory') {
    // It may grow by 3 % after the first figure.
    const first = rows.find(({ workload, server }) => workload === 'memory' && server === row.server)
    const most = first === row || first === undefined ? MAX_MEGABYTES : MAX_GROWTH * first.value
    return { most, unit: ' MB', met: row.value <= most }
  }
  const most = limits[`${row.workload} ${row.server}`] ?? NaN
  return Number.isNaN(most) || Number.isNaN(row.overBare) ? undefined : { most, unit: '', met: row.overBare <= most }
}

/** A figure that was not measured is left empty. */
function formatted (value: number | undefined, digits = 2): string {
  return value === undefined || !Number.isFinite(value) ? '' : value.toFixed(digits)
}

/** A Markdown table with aligned columns; nothing without rows. */
function table (head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map(row => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
