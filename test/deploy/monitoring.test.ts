import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { createSum } from '../../metrics/sum.ts'
import { build } from '../support/build.ts'
import { ROOT } from '../support/root.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const dashboard = JSON.parse(read('deploy/grafana/dashboard.json')) as { panels: Array<{ id: number, title: string, targets: Array<{ expr: string, legendFormat: string }> }> }
const { groups } = parse(read('deploy/prometheus/alerts.yaml')) as { groups: Array<{ rules: Array<{ alert: string, expr: string, annotations: { summary: string } }> }> }
const rules = groups.flatMap(({ rules }) => rules)
const docs = read('docs/operations.md')

/** What Prometheus adds to every sample. */
const ADDED = ['instance', 'job']

t.test('every query of the dashboard and the alerts fits the metrics of the server, and the docs name all of them', async t => {
  const { app, issuer, whoami } = await build(t, { env: { METRICS_PORT: '9464' } })
  await whoami(issuer.token())
  const sum = createSum()
  sum.set(1, await app.metricsSnapshot?.() ?? [])
  const labels = labelsByName(await sum.text())

  const panels = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr, legendFormat }) => ({ title, expr, names: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name as string) })))
  const alerts = rules.map(({ alert, expr, annotations }) => ({ title: alert, expr, names: [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, name]) => name as string) }))
  t.ok(panels.length > 20 && alerts.length >= 8)
  for (const { title, expr, names } of [...panels, ...alerts]) t.strictSame(faults(expr, names, labels), [], `${title}: ${expr}`)

  for (const [name, values] of labels) {
    const base = name.replace(/_(?:bucket|sum|count)$/, '')
    t.match(docs, `\`${base}\``)
    for (const label of Object.keys(values).filter(label => label !== 'le')) t.match(docs, `\`${label}\``)
  }
  for (const { alert } of rules) t.match(docs, `| \`${alert}\` |`)
  const shown = panels.map(({ expr }) => expr).join()
  t.strictSame([...labels.keys()].filter(name => !/_(?:sum|bucket|count)$/.test(name) && !shown.includes(name)), [], 'the dashboard shows every metric')

  t.match(faults('rate(mcp_server_gone_total[5m])', [], labels), ['no metric mcp_server_gone_total'])
  t.match(faults('sum by (tol) (mcp_server_issuer_up)', [], labels), ['no label tol'])
  t.match(faults('mcp_server_limited_total{limit="call"}', [], labels), ['no value call of limit'])
  t.match(faults('sum(mcp_server_issuer_up)', ['issuer'], labels), ['issuer is summed away'])
})

type Labels = ReadonlyMap<string, Readonly<Record<string, ReadonlySet<string>>>>

function faults (expr: string, shown: readonly string[], labels: Labels): string[] {
  const names = expr.match(/\b(?:mcp_server|nodejs|process)_\w+/g) ?? []
  const has = (label: string): boolean => ADDED.includes(label) || names.some(name => labels.get(name)?.[label] !== undefined)
  const kept = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */))
  const aggregates = /\b(?:sum|max|min)\b/.test(expr)
  const matchers = [...expr.matchAll(/(\w+)(?:=|!=|=~|!~)"([^"]*)"/g)].map(([, label = '', values = '']) => ({ label, values: values.split('|') }))
  return [
    ...names.filter(name => !labels.has(name)).map(name => `no metric ${name}`),
    ...[...kept, ...matchers.map(({ label }) => label)].filter(label => !has(label)).map(label => `no label ${label}`),
    ...matchers.filter(({ label }) => has(label) && label !== 'outcome' && !ADDED.includes(label)).flatMap(({ label, values }) => values.filter(value => !names.some(name => labels.get(name)?.[label]?.has(value))).map(value => `no value ${value} of ${label}`)),
    ...matchers.filter(({ label }) => label === 'outcome').flatMap(({ values }) => values.filter(value => !docs.includes(`| \`${value}\` |`)).map(value => `no outcome ${value}`)),
    ...shown.filter(label => aggregates ? !kept.includes(label) : !has(label)).map(label => `${label} is summed away`)
  ]
}

/** The labels of each metric, with the values that were seen. */
function labelsByName (text: string): Labels {
  const found = new Map<string, Record<string, Set<string>>>()
  for (const [, name = '', labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(name) ?? {}
    found.set(name, known)
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="([^"]*)"/g)) (known[label] ??= new Set()).add(value)
  }
  return found
}
