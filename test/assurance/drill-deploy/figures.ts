import { ALERTS, DASHBOARD, labelsByName, matchersOf, metricsOf } from '../../support/queries.ts'
import { prometheus, servers } from './parts.ts'

/**
 * Queries of the dashboard and the alerts that find no series under load, each asked of Prometheus without its bound:
 * an alert that does not fire finds nothing either.
 */
export async function figureFaults (): Promise<{ readonly faults: string[], readonly queries: number }> {
  const exprs = [...DASHBOARD, ...ALERTS].map(({ expr }) => expr
    .replace(/ (?:==|>|<) [\d.]+$/, '')
    .replaceAll('$__rate_interval', '30s')
    // The tool of the drill does not fail.
    .replaceAll('outcome="failed"', 'outcome="ok"'))
  return { faults: [...await scrapeFaults(exprs), ...await prometheusFaults(exprs)], queries: exprs.length }
}

async function prometheusFaults (exprs: readonly string[]): Promise<string[]> {
  if (prometheus === undefined) return []
  const faults = await prometheus.ruleFaults()
  for (const expr of exprs) {
    const values = await prometheus.query(expr)
    // A quantile of a tool that nobody called lately is NaN.
    if (!values.some(Number.isFinite)) faults.push(`${expr} gives ${JSON.stringify(values)}`)
  }
  return faults
}

/** Each server shows every series by itself. */
async function scrapeFaults (exprs: readonly string[]): Promise<string[]> {
  const faults = await Promise.all(servers.map(async ({ port }) => {
    const labels = labelsByName(await (await fetch(`http://127.0.0.1:${port + 1}/metrics`)).text())
    return exprs.flatMap(expr => [
      ...metricsOf(expr).filter(name => !labels.has(name)).map(name => `a scrape has no ${name}`),
      ...matchersOf(expr).filter(({ label }) => label !== 'job').flatMap(({ label, values }) =>
        values.filter(value => !metricsOf(expr).some(name => labels.get(name)?.[label]?.has(value))).map(value => `a scrape has no ${label}="${value}" for ${expr}`))
    ])
  }))
  return [...new Set(faults.flat())]
}
