import { openMetrics } from '../../metrics/open.ts'
import { build, type Setup, type SetupOptions, type Test } from './build.ts'
import { freePort } from './ports.ts'

/** A server with metrics, and its scrape. The listener and the server are those of `npm start`, in this process. */
export async function measured (t: Test, options: SetupOptions = {}): Promise<Setup & { url: string, warnings: readonly string[], scrape: () => Promise<Map<string, number>> }> {
  const port = await freePort()
  const setup = await build(t, { ...options, env: { METRICS_PORT: String(port), ...options.env } })
  const warnings: string[] = []
  const close = await openMetrics({ host: '127.0.0.1', port }, warning => { warnings.push(warning) }, setup.app.metricsSnapshot)
  t.teardown(close)
  const url = `http://127.0.0.1:${port}/metrics`
  return { ...setup, url, warnings, scrape: async () => series(await (await fetch(url)).text()) }
}

/** The samples of a Prometheus text: `name{label="value",…}`, with the labels in order, and the value. */
export function series (text: string): Map<string, number> {
  return new Map(text.split('\n').filter(line => line !== '' && !line.startsWith('#')).map(line => {
    const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    const sorted = (labels.match(/\w+="[^"]*"/g) ?? []).sort()
    return [sorted.length > 0 ? `${name}{${sorted.join()}}` : name, Number(value)]
  }))
}
