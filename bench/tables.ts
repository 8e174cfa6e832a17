import type { Report } from './report.ts'

/** The tables of a report, as Markdown. */
export function tables (report: Report): string {
  const { date, machine, node, versions, method, rows, verify, start, tail, memory } = report
  const where = Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')

  return [
    `${date}, ${machine}, Node ${node}; ${where}. ${method}`,
    table(
      ['workload', '', 'server', 'req/s', 'p50 ms', 'p99 ms', 'CPU µs/req', '±', '× bare', '× this server', 'RSS MB'],
      rows.map(({ workload, title, label, perSecond, p50, p99, cpu, spread, overBare, overOurs, resident }) => [
        workload, title, label, perSecond.toFixed(0), p50.toFixed(2), p99.toFixed(2), cpu.toFixed(1), spread.toFixed(1),
        shown(overBare), shown(overOurs), resident.toFixed(0)
      ])
    ),
    verify === undefined ? '' : `One \`crypto.verify\` (RS256, 2048 bits) in the same rounds as w3: ${verify.toFixed(1)} µs.`,
    table(
      ['start', 'ms to the first good answer', '× bare'],
      start.map(({ label, milliseconds }) => [label, milliseconds.toFixed(0), (milliseconds / (start[0]?.milliseconds ?? NaN)).toFixed(2)])
    ),
    table(
      ['tail at 70 % of the peak', 'peak req/s', 'rounds', 'p50 ms', 'p99 ms', 'p99 / p50', 'in the quietest round'],
      tail.map(({ label, peak, rounds, p50, p99, ratio, quietest }) => [label, peak.toFixed(0), String(rounds), shown(p50, 3), shown(p99, 3), shown(ratio), shown(quietest)])
    ),
    table(
      ['requests, 100,000 tokens in turn', 'RSS MB'],
      memory.map(({ requests, resident }) => [String(requests), resident.toFixed(0)])
    )
  ].filter(part => part !== '').join('\n\n')
}

// What there is nothing to tell of, or to compare with, is no number, and not shown.
function shown (value: number, digits = 2): string {
  return Number.isFinite(value) ? value.toFixed(digits) : ''
}

/** A Markdown table, set so that it can be read as it is; nothing without rows. */
export function table (head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''

  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map(row => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
