import { get, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { REASONS } from '../../auth/reasons.ts'
import { hostCheck } from '../../metrics/host.ts'
import { fault, serveMetrics } from '../../metrics/listener.ts'
import { createMetrics } from '../../metrics/metrics.ts'
import { openMetrics } from '../../metrics/open.ts'
import { openFiles } from '../../metrics/process.ts'
import { createSum } from '../../metrics/sum.ts'
import { build, call, modern, request, type Setup } from '../support/build.ts'
import { series } from '../support/metrics.ts'
import { freePort } from '../support/ports.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { listen, until } from '../support/wire.ts'

/** A server with metrics, and its scrape. The listener and the server are those of `npm start`, in this process. */
async function measured (t: Test, options: Parameters<typeof build>[1] = {}): Promise<Setup & { url: string, warnings: readonly string[], scrape: () => Promise<Map<string, number>> }> {
  const port = await freePort()
  const setup = await build(t, { ...options, env: { METRICS_PORT: String(port), ...options.env } })
  const warnings: string[] = []
  const close = await openMetrics({ host: '127.0.0.1', port }, warning => { warnings.push(warning) }, setup.app.metricsSnapshot)
  t.teardown(close)
  const url = `http://127.0.0.1:${port}/metrics`
  return { ...setup, url, warnings, scrape: async () => series(await (await fetch(url)).text()) }
}

t.test('the metrics show operations, refusals, limits, tokens and keys', async t => {
  const { issuer, whoami, post, scrape } = await measured(t, { env: { RATE_LIMIT_MAX: '4', CONCURRENT_CALLS_MAX: 'off' } })
  const token = issuer.token()
  await whoami()
  await whoami(token.replace(/.{8}$/, 'AAAAAAAA'))
  for (let i = 0; i < 3; i++) await whoami(token)
  const { message, headers } = modern('tools/call', { name: 'whoami', arguments: {} })
  await post(message, token, headers)
  await whoami(token)
  await post(request('tools/list'), token)

  const found = await scrape()
  const operations = (labels: string): number | undefined => found.get(`mcp_server_operation_duration_seconds_count{${labels}}`)
  t.equal(operations('era="2025-03-26",method="tools/call",outcome="ok",tool="whoami"'), 3)
  t.equal(operations('era="2026-07-28",method="tools/call",outcome="ok",tool="whoami"'), 1)
  t.equal(operations('era="2025-03-26",method="tools/call",outcome="limited",tool="whoami"'), 1)
  t.equal(operations('era="2025-03-26",method="tools/list",outcome="ok",tool=""'), 1)
  t.equal(found.get('mcp_server_operation_duration_seconds_bucket{era="2025-03-26",le="+Inf",method="tools/list",outcome="ok",tool=""}'), 1)
  t.equal(found.get('mcp_server_refusals_total{reason="no_credentials"}'), 1)
  t.equal(found.get('mcp_server_refusals_total{reason="bad_signature"}'), 1)
  t.equal(found.get('mcp_server_refusals_total{reason="rate_limited"}'), 1)
  t.equal(found.get('mcp_server_refusals_total{reason="unknown_key"}'), 0, 'a series is there before its first refusal')
  t.equal(found.get('mcp_server_limited_total{limit="calls"}'), 1)
  t.equal(found.get('mcp_server_limited_total{limit="refused_tokens"}'), 0)
  t.equal(found.get('mcp_server_token_cache_entries'), 1)
  t.equal(found.get('mcp_server_token_cache_lookups_total{result="hit"}'), 4)
  t.equal(found.get('mcp_server_token_cache_lookups_total{result="miss"}'), 3)
  t.equal(found.get(`mcp_server_key_fetches_total{issuer="${issuer.url}",result="ok"}`), 1)
  t.equal(found.get(`mcp_server_key_fetches_total{issuer="${issuer.url}",result="failed"}`), 0)
  t.equal(found.get(`mcp_server_issuer_up{issuer="${issuer.url}"}`), 1)
  t.ok(found.get(`mcp_server_key_age_seconds{issuer="${issuer.url}"}`) as number < 60)
  t.equal(found.get('mcp_server_processes'), 1)
  for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'nodejs_heap_size_used_bytes', 'process_start_time_seconds']) t.ok(found.get(name) as number > 0, name)
  for (const name of ['p50', 'p99', 'max']) t.ok(found.get(`nodejs_eventloop_lag_${name}_seconds`) as number >= 0, name)
})

t.test('the metrics show refused tokens, concurrent calls, requests in flight and open streams', async t => {
  const story = createStory()
  const { app, issuer, post, scrape } = await measured(t, { tools: slowTools(story), env: { CONCURRENT_CALLS_MAX: '1', REFUSAL_LIMIT_MAX: '1' }, keepAliveMs: 10 })
  const token = issuer.token({ scope: 'test:slow' })
  const url = `http://127.0.0.1:${await listen(app)}/mcp`
  const leave = new AbortController()
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization: `Bearer ${token}` }
  const opened = await fetch(url, { method: 'POST', signal: leave.signal, headers, body: JSON.stringify(call('work', { as: 'one' })) })
  t.equal(opened.headers.get('content-type'), 'text/event-stream')
  await post(call('work', { as: 'two' }), token)
  for (let i = 0; i < 2; i++) await post(call('work'), `${token.slice(0, -8)}AAAAAAAA`)

  const during = await scrape()
  t.equal(during.get('mcp_server_limited_total{limit="concurrency"}'), 1)
  t.equal(during.get('mcp_server_limited_total{limit="refused_tokens"}'), 1)
  t.equal(during.get('mcp_server_requests_in_flight'), 1)
  t.equal(during.get('mcp_server_streams_open'), 1)
  leave.abort()
  await until(async () => (await scrape()).get('mcp_server_streams_open') === 0)
  const after = await scrape()
  t.equal(after.get('mcp_server_requests_in_flight'), 0)
  t.equal(after.get('mcp_server_operation_duration_seconds_count{era="2025-03-26",method="tools/call",outcome="aborted",tool="work"}'), 1)
})

t.test('a value that callers choose freely becomes no label', async t => {
  const { issuer, post, scrape, whoami } = await measured(t)
  const token = issuer.token()
  const count = async (): Promise<number> => [...(await scrape()).keys()].filter(name => !name.startsWith('mcp_server_operation')).length
  await whoami(token)
  const before = await count()
  for (let i = 0; i < 50; i++) {
    await post(call(`tool-${i}`), token)
    await post(request(`method-${i}`), token)
    await post(call('whoami'), `${token}${i}`)
    await post(call('whoami'), token, { 'mcp-protocol-version': `2020-01-${i}` })
  }
  const found = await scrape()
  t.equal(found.get('mcp_server_operation_duration_seconds_count{era="2025-03-26",method="tools/call",outcome="denied",tool="other"}'), 50)
  t.equal(found.get('mcp_server_operation_duration_seconds_count{era="2025-03-26",method="other",outcome="denied",tool=""}'), 50)
  t.equal([...found.keys()].filter(name => name.startsWith('mcp_server_operation_duration_seconds_count')).length, 3)
  t.equal(await count(), before)
  const reasons = [...found.keys()].flatMap(name => /refusals_total\{reason="(\w+)"/.exec(name)?.[1] ?? [])
  t.strictSame(reasons.sort(), [...Object.keys(REASONS), 'other'].sort())
})

t.test('the metrics show an issuer that is down', async t => {
  const { issuer, advance, whoami, scrape } = await measured(t, { keys: { cacheTtl: 1, cooldown: 0 } })
  await whoami(issuer.token())
  issuer.answer = (_request, response) => { response.writeHead(500).end() }
  advance(2)
  await whoami(issuer.token())
  const found = await scrape()
  t.equal(found.get(`mcp_server_issuer_up{issuer="${issuer.url}"}`), 0)
  t.ok(found.get(`mcp_server_key_fetches_total{issuer="${issuer.url}",result="failed"}`) as number > 0)
  t.ok(found.get(`mcp_server_key_age_seconds{issuer="${issuer.url}"}`) as number >= 2)
})

t.test('the listener answers GET /metrics and nothing else', async t => {
  const { url, app } = await measured(t)
  const got = await fetch(url)
  t.equal(got.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8')
  t.match(await got.text(), /^# HELP .*\n# TYPE /m)
  t.equal((await fetch(url, { method: 'HEAD' })).status, 200)
  t.equal((await fetch(url, { method: 'POST' })).status, 405)
  t.equal((await fetch(new URL('/mcp', url))).status, 404)
  t.equal((await app.inject({ url: '/metrics', headers: { host: 'localhost:3000' } })).statusCode, 404, 'not beside the endpoint for callers')

  const port = await freePort()
  t.teardown(await serveMetrics({ host: '127.0.0.1', port }, async () => { throw new Error('no figures') }, () => {}))
  t.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 500)
})

t.test('on a loopback address, the listener answers no page that points a name of its own there', async t => {
  const { url, warnings } = await measured(t)
  const port = new URL(url).port
  const ask = async (host: string): Promise<readonly [status: number | undefined, body: string]> => {
    const sent = get(url, { headers: { host }, agent: false })
    const [response] = await once(sent, 'response') as [IncomingMessage]
    return [response.statusCode, (await response.setEncoding('utf8').toArray()).join('')]
  }
  for (const host of [`127.0.0.1:${port}`, 'localhost', `LocalHost.:${port}`, `[::1]:${port}`, '10.1.2.3:80', '[fd00::1]']) t.match(await ask(host), [200, /^# HELP/], host)
  t.strictSame(warnings, [])
  const words = 'METRICS_HOST is a loopback address, so the Host must be localhost or an address'
  for (const host of [`page.example:${port}`, 'localhost.page.example', '127.0.0.1.page.example', 'notlocalhost', '[localhost]', '[::1].page.example', '1', 'localhost:x', '127.0.0.1:80@page.example']) {
    t.strictSame(await ask(host), [403, `${words}\n`], host)
  }
  t.strictSame(warnings, [`GET /metrics was refused: ${words}`], 'once')

  t.ok(hostCheck('127.0.0.1', 'Metrics.internal')('metrics.internal:9464'), 'the name in METRICS_HOST')
  t.ok(hostCheck('127.0.0.1', '127.0.0.1')('host.docker.internal:9464'), 'Prometheus asks out of a container')
  t.notOk(hostCheck('::1', '::1')(undefined))
  for (const address of ['0.0.0.0', '::', '10.0.0.1', '::ffff:10.0.0.1']) t.ok(hostCheck(address, address)('mcp-server.monitoring.svc'), 'Prometheus asks by the names of a cluster')
})

t.test('an address that cannot be used is an error that names the setting', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  const open = (host: string, at: number) => serveMetrics({ host, port: at }, async () => '', () => {})
  await t.rejects(open('127.0.0.1', port), { message: `METRICS_PORT: port ${port} is in use. Set METRICS_PORT to another one, or stop what listens there.` })
  await t.rejects(open('192.0.2.1', await freePort()), { message: 'METRICS_HOST: "192.0.2.1" is not an address of this machine. Set METRICS_HOST to one that is.' })
})

t.test('sums over processes never fall, and gauges count running processes only', async t => {
  const [one, two] = [await measured(t), await measured(t)]
  for (const { whoami, issuer } of [one, two]) await whoami(issuer.token())
  const sum = createSum()
  const [first, second] = [await one.app.metricsSnapshot?.() ?? [], await two.app.metricsSnapshot?.() ?? []]
  const operations = async () => series(await sum.text()).get('mcp_server_operation_duration_seconds_count{era="2025-03-26",method="tools/call",outcome="ok",tool="whoami"}')
  const processes = async () => series(await sum.text()).get('mcp_server_processes')
  sum.set(1, JSON.parse(JSON.stringify(first)))
  sum.set(2, JSON.parse(JSON.stringify(second)))
  t.strictSame([await operations(), await processes()], [2, 2])
  sum.remove(1)
  t.strictSame([await operations(), await processes()], [2, 1])
  sum.set(3, first)
  t.strictSame([await operations(), await processes()], [3, 2])
  for (const id of [3, 2, 9]) sum.remove(id)
  t.equal(await operations(), 3)
  t.match(fault({ code: 'EACCES', message: '' }, { host: '127.0.0.1', port: 80 }), /may not listen on port 80\. Set METRICS_PORT to 1024 or above/)
  t.equal(fault({ code: 'EMFILE', message: 'too many open files' }, { host: '127.0.0.1', port: 80 }), 'METRICS_PORT: too many open files')
})

t.test('operations are counted although nothing is logged', async t => {
  const { issuer, whoami, scrape } = await measured(t, { logger: false })
  await whoami(issuer.token())
  t.equal((await scrape()).get('mcp_server_operation_duration_seconds_count{era="2025-03-26",method="tools/call",outcome="ok",tool="whoami"}'), 1)
})

t.test('the primary opens a listener without figures of its own', async t => {
  const port = await freePort()
  t.teardown(await openMetrics({ host: '127.0.0.1', port }, () => {}))
  t.equal((await fetch(`http://127.0.0.1:${port}/metrics`)).status, 200)
})

t.test('open files are left out where the system does not count them', async t => {
  t.strictSame(openFiles('/nowhere'), [])
  t.equal(openFiles('/').length, 1)
})

t.test('a reason that the server does not know is counted as another', async t => {
  const { refusal, snapshot } = createMetrics({ tools: [], methods: new Set(), reasons: ['expired'], load: { requests: 0, streams: 0 }, limitHits: {}, cache: { hits: 0, misses: 0, size: 0 }, keys: () => [] })
  refusal('made up')
  t.match(JSON.stringify(await snapshot()), /"value":1,"labels":\{"reason":"other"\}/)
})
