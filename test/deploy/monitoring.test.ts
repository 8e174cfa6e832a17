import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { createSum } from '../../metrics/sum.ts'
import { build } from '../support/build.ts'
import { ALERTS, DASHBOARD, labelsByName, matchersOf, metricsOf, type Labels } from '../support/queries.ts'
import { ROOT } from '../support/root.ts'

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const docs = read('docs/operations.md')

/** What Prometheus adds to every sample. */
const ADDED = ['instance', 'job']

t.test('every query of the dashboard and the alerts fits the metrics of the server, and the docs name all of them', async t => {
  const { app, issuer, whoami } = await build(t, { env: { METRICS_PORT: '9464' } })
  await whoami(issuer.token())
  const sum = createSum()
  sum.set(1, await app.metricsSnapshot?.() ?? [])
  const labels = labelsByName(await sum.text())

  t.ok(DASHBOARD.length > 20 && ALERTS.length >= 8)
  for (const { title, expr, shown } of [...DASHBOARD, ...ALERTS]) t.strictSame(faults(expr, shown, labels), [], `${title}: ${expr}`)

  for (const [name, values] of labels) {
    const base = name.replace(/_(?:bucket|sum|count)$/, '')
    t.match(docs, `\`${base}\``)
    for (const label of Object.keys(values).filter(label => label !== 'le')) t.match(docs, `\`${label}\``)
  }
  for (const { title } of ALERTS) t.match(docs, `| \`${title}\` |`)
  const shown = DASHBOARD.map(({ expr }) => expr).join()
  t.strictSame([...labels.keys()].filter(name => !/_(?:sum|bucket|count)$/.test(name) && !shown.includes(name)), [], 'the dashboard shows every metric')

  t.match(faults('rate(mcp_server_gone_total[5m])', [], labels), ['no metric mcp_server_gone_total'])
  t.match(faults('sum by (tol) (mcp_server_issuer_up)', [], labels), ['no label tol'])
  t.match(faults('mcp_server_limited_total{limit="call"}', [], labels), ['no value call of limit'])
  t.match(faults('sum(mcp_server_issuer_up)', ['issuer'], labels), ['issuer is summed away'])
})

t.test('the alerts ask for the job that Prometheus scrapes', async t => {
  const { scrape_configs: jobs, rule_files: files } = parse(read('deploy/prometheus/prometheus.yml'))
  const scraped = jobs.map(({ job_name: name }: { job_name: string }) => name)
  for (const { expr } of ALERTS) for (const { label, values } of matchersOf(expr)) if (label === 'job') t.ok(values.every(value => scraped.includes(value)), expr)
  t.match(files, ['/etc/prometheus/alerts*.yaml'])
})

function faults (expr: string, shown: readonly string[], labels: Labels): string[] {
  const names = metricsOf(expr)
  const has = (label: string): boolean => ADDED.includes(label) || names.some(name => labels.get(name)?.[label] !== undefined)
  const kept = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/, */))
  const aggregates = /\b(?:sum|max|min)\b/.test(expr)
  const matchers = matchersOf(expr)
  return [
    ...names.filter(name => !labels.has(name)).map(name => `no metric ${name}`),
    ...[...kept, ...matchers.map(({ label }) => label)].filter(label => !has(label)).map(label => `no label ${label}`),
    ...matchers.filter(({ label }) => has(label) && label !== 'outcome' && !ADDED.includes(label)).flatMap(({ label, values }) => values.filter(value => !names.some(name => labels.get(name)?.[label]?.has(value))).map(value => `no value ${value} of ${label}`)),
    ...matchers.filter(({ label }) => label === 'outcome').flatMap(({ values }) => values.filter(value => !docs.includes(`| \`${value}\` |`)).map(value => `no outcome ${value}`)),
    ...shown.filter(label => aggregates ? !kept.includes(label) : !has(label)).map(label => `${label} is summed away`)
  ]
}
