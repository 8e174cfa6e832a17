import t from 'tap'
import { REASONS } from '../../auth/reasons.ts'
import { createMetrics } from '../../metrics/metrics.ts'
import { call, modern, request } from '../support/build.ts'
import { measured } from '../support/metrics.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { listen, until } from '../support/wire.ts'

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

t.test('operations are counted although nothing is logged', async t => {
  const { issuer, whoami, scrape } = await measured(t, { logger: false })
  await whoami(issuer.token())
  t.equal((await scrape()).get('mcp_server_operation_duration_seconds_count{era="2025-03-26",method="tools/call",outcome="ok",tool="whoami"}'), 1)
})

t.test('a reason that the server does not know is counted as another', async t => {
  const { refusal, snapshot } = createMetrics({ tools: [], methods: new Set(), reasons: ['expired'], load: { requests: 0, streams: 0 }, limitHits: {}, cache: { hits: 0, misses: 0, size: 0 }, keys: () => [] })
  refusal('made up')
  t.match(JSON.stringify(await snapshot()), /"value":1,"labels":\{"reason":"other"\}/)
})
