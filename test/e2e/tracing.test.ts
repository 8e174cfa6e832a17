import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../support/root.ts'
import { until } from '../support/wire.ts'
import { dist, start, whoami } from './built-server.ts'

// Stands in for the exporter of docs/operations.md: it writes the spans to standard output.
const EXPORTER = 'export class OTLPTraceExporter {\n  export (spans, done) { for (const { name } of spans) console.log(name); done({ code: 0 }) }\n  async shutdown () {}\n}\n'

t.test('the set-up of docs/operations.md makes spans with the real SDK', async t => {
  const [, code = ''] = /```js\n([^`]*NodeTracerProvider[^`]*)```/.exec(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')) ?? []
  // The build is kept for the next run.
  const folder = mkdtempSync(join(dist, 'telemetry-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'exporter.mjs'), EXPORTER)
  writeFileSync(join(folder, 'telemetry.mjs'), code.replace("'@opentelemetry/exporter-trace-otlp-http'", "'./exporter.mjs'"))
  const { url, issuer, output } = await start(t, { NODE_OPTIONS: `--import ${join(folder, 'telemetry.mjs')}`, OTEL_BSP_SCHEDULE_DELAY: '50' })
  t.equal((await whoami(url, issuer.token())).status, 200)
  // Spans and log lines come in any order.
  for (const wanted of [/^execute_tool whoami$/m, /^tools\/call whoami$/m, /"traceId":"[0-9a-f]{32}"/]) {
    await until(() => wanted.test(output()), output)
  }
})
