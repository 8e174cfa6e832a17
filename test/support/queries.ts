import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from './root.ts'

/** A query of the dashboard or of an alert. */
export interface Query {
  /** The panel or the alert. */
  readonly title: string
  readonly expr: string
  /** Labels that its legend or its text shows. */
  readonly shown: readonly string[]
}

interface Panel {
  readonly title: string
  readonly targets: ReadonlyArray<{ readonly expr: string, readonly legendFormat: string }>
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly summary: string }
}

const { panels } = JSON.parse(read('deploy/grafana/dashboard.json')) as { panels: Panel[] }
const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as { groups: Array<{ rules: Rule[] }> }

/** The queries of deploy/grafana/dashboard.json. */
export const DASHBOARD: readonly Query[] = panels.flatMap(({ title, targets }) => targets.map(({ expr, legendFormat }) => ({ title, expr, shown: names(legendFormat, /\{\{(\w+)\}\}/g) })))
/** The queries of deploy/prometheus/alerts.yaml. */
export const ALERTS: readonly Query[] = groups.flatMap(({ rules }) => rules.map(({ alert, expr, annotations }) => ({ title: alert, expr, shown: names(annotations.summary, /\$labels\.(\w+)/g) })))

/** The labels of each metric, with the values that were seen. */
export type Labels = ReadonlyMap<string, Readonly<Record<string, ReadonlySet<string>>>>

/** The names of the server's metrics in a query. */
export function metricsOf (expr: string): string[] {
  return names(expr, /\b((?:mcp_server|nodejs|process)_\w+)/g)
}

/** The conditions of a query on labels, such as `result="hit"` or `reason!~"a|b"`. */
export function matchersOf (expr: string): Array<{ readonly label: string, readonly values: readonly string[] }> {
  return [...expr.matchAll(/(\w+)(?:=|!=|=~|!~)"([^"]*)"/g)].map(([, label = '', values = '']) => ({ label, values: values.split('|') }))
}

/** The labels of each metric in a Prometheus text. */
export function labelsByName (text: string): Labels {
  const found = new Map<string, Record<string, Set<string>>>()
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(name) ?? {}
    found.set(name, known)
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) (known[label] ??= new Set()).add(value)
  }
  return found
}

function names (text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name)
}

function read (path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}
