import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../support/root.ts'
import { until } from '../support/wire.ts'
import { dist, start, whoami } from './built-server.ts'

// Stands in for the exporter of docs/operations.md: it writes the spans to standard output.
const EXPORTER = 'export class OTLPTraceExporter {\n  export (spans, done) { for (const { name } of spans) console.log(name); done({ code: 0 }) }\n  async shutdown () {}\n}\n'

t.test('the set-up of docs/operations.md makes spans with the real SDK', async t => {
  const [, code = ''] = /```js\n([^`]*NodeTracerProvider[^`]*)```/.exec(readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')) ?? []
  const folder = join(dist, 'telemetry')
  mkdirSync(folder)
  writeFileSync(join(folder, 'exporter.mjs'), EXPORTER)
  writeFileSync(join(folder, 'telemetry.mjs'), code.replace("'@opentelemetry/exporter-trace-otlp-http'", "'./exporter.mjs'"))
  const { url, issuer, output } = await start(t, { NODE_OPTIONS: `--import ${join(folder, 'telemetry.mjs')}`, OTEL_BSP_SCHEDULE_DELAY: '50' })
  t.equal((await whoami(url, issuer.token())).status, 200)
  await until(() => output().includes('\nexecute_tool whoami\n'), output)
  t.match(output(), '\ntools/call whoami\n')
  t.match(output(), /"traceId":"[0-9a-f]{32}"/)
})
