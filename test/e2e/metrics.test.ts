import { get, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { series } from '../support/metrics.ts'
import { freePort } from '../support/ports.ts'
import { until } from '../support/wire.ts'
import { run, start, whoami } from './built-server.ts'

const CALLS = 'mcp_server_operation_duration_seconds_count{era="2025-03-26",method="tools/call",outcome="ok",tool="whoami"}'

t.test('WORKERS=2: the metrics are those of all workers, and no sum falls when one dies', async t => {
  const port = await freePort()
  const { url, issuer, output, stop } = await start(t, { WORKERS: '2', METRICS_PORT: String(port), LOG_LEVEL: 'info' })
  const workers = () => output().split('\n').filter(line => line.includes('ready for connections')).map(line => JSON.parse(line).pid as number)
  await until(() => workers().length === 2, output)
  const scrape = async () => series(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())
  for (let i = 0; i < 20; i++) await whoami(url, issuer.token())
  // The end of an answer reaches a worker a moment later than its client.
  await until(async () => (await scrape()).get(CALLS) === 20, output)
  t.equal((await scrape()).get('mcp_server_processes'), 2)
  const [refused] = await once(get({ port, path: '/metrics', headers: { host: 'page.example' } }), 'response') as [IncomingMessage]
  t.equal(refused.resume().statusCode, 403)
  await until(() => output().includes('GET /metrics was refused: METRICS_HOST is a loopback address'), output)

  process.kill(workers()[0] as number, 'SIGKILL')
  await until(() => workers().length === 3, output)
  await until(async () => (await scrape()).get('mcp_server_processes') === 2, output)
  t.equal((await scrape()).get(CALLS), 20)
  await whoami(url, issuer.token())
  await until(async () => (await scrape()).get(CALLS) === 21, output)
  t.equal(await stop(), 0)
})

t.test('a metrics port in use stops the start, and the message names the setting', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  await Promise.all(['1', '2'].map(async WORKERS => {
    const { output, exit } = run(t, { AUTH0_DOMAIN: 'http://127.0.0.1:1/', PORT: String(await freePort()), METRICS_PORT: String(port), WORKERS, LOG_LEVEL: 'fatal' })
    t.equal(await exit, 1)
    t.equal(output(), `Cannot start: METRICS_PORT: port ${port} is in use. Set METRICS_PORT to another one, or stop what listens there.\n`)
  }))
})
