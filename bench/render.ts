import type { Report } from './report.ts'
import { table, tables } from './tables.ts'
import { verdicts } from './targets.ts'

/** A report for people: the tables, then each target and whether it is met. */
export function render (report: Report): string {
  const lines = (report.isComparable ? verdicts(report) : []).map(({ target, found, met }) => [target, found, met ? 'met' : 'missed'])
  return [tables(report), table(['target', 'found', ''], lines)].filter(part => part !== '').join('\n\n')
}
