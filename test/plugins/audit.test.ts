import { Type } from '@sinclair/typebox'
import t from 'tap'
import { buildApp } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { createRegistry } from '../../mcp/registry.ts'
import { build, call, modern, POWERLESS, request, type LogLine } from '../support/build.ts'
import { remove, SCOPE } from '../support/tools/audited.ts'
import { logFault } from '../support/log-check.ts'

/** The audit lines: those with an outcome. */
function lines (logs: readonly LogLine[]): LogLine[] {
  return logs.filter(({ outcome }) => outcome !== undefined)
}

t.test('the line of a call says who called what, on whose behalf, and how it came out', async t => {
  const { issuer, logs, post } = await build(t, { tools: [remove], env: { RATE_LIMIT_MAX: '6' } })
  const claims = { scope: SCOPE, sub: 'auth0|anna', org_id: 'org_a1', act: { sub: 'agent-2', act: { sub: 'agent-1' } } }
  const token = issuer.token(claims)
  const rows: ReadonlyArray<readonly [message: object, expected: object]> = [
    [call('remove', { path: 'a' }), { outcome: 'ok', msg: 'answered' }],
    [call('remove', { path: 'nothing' }), { outcome: 'tool_error' }],
    [call('remove', { path: 1 }), { outcome: 'tool_error' }],
    [call('remove', { path: 'fault' }), { outcome: 'failed', code: -32603 }],
    [call('remove', { path: 'ask' }), { outcome: 'tool_error' }],
    [call('nobody'), { outcome: 'denied', code: -32602, tool: 'nobody', scopes: undefined }],
    [request('nothing/known'), { outcome: 'denied', code: -32601, rpc: 'nothing/known', tool: undefined }]
  ]
  for (const [message, expected] of rows) {
    await post(message, token)
    t.match(lines(logs).at(-1), { sub: 'auth0|anna', org: 'org_a1', actors: ['agent-2', 'agent-1'], client: /./, address: '127.0.0.1', version: '2025-03-26', ...expected })
  }
  t.strictSame(lines(logs)[0]?.['scopes'], ['files:write', 'files:read'])

  const { message, headers } = modern('tools/call', { name: 'remove', arguments: { path: 'ask' } }, { elicitation: {} })
  await post(message, token, headers)
  t.match(lines(logs).at(-1), { outcome: 'asked', version: '2026-07-28', status: 200 })
  await post(call('remove', { path: 'a' }), token)
  t.match(lines(logs).at(-1), { outcome: 'limited', status: 429, reason: 'rate_limited', code: 429, msg: 'refused' })
})

t.test('a refused request has the outcome, and the caller once the token is good', async t => {
  const { app, issuer, logs, post } = await build(t, { tools: [remove] })
  await post(call('remove'))
  t.match(lines(logs).at(-1), { outcome: 'denied', reason: 'no_credentials', sub: undefined, tool: undefined })
  await post(call('remove', { path: 'a' }), issuer.token({ ...POWERLESS, sub: 'auth0|bob' }))
  t.match(lines(logs).at(-1), { outcome: 'denied', reason: 'insufficient_scope', sub: 'auth0|bob', tool: 'remove', scopes: ['files:write', 'files:read'] })
  await post('[', issuer.token())
  t.match(lines(logs).at(-1), { outcome: 'denied', status: 400, sub: /./ })
  await app.inject('/health/live')
  t.match(lines(logs).at(-1), { outcome: 'ok', sub: undefined, rpc: undefined })
  await app.inject({ method: 'POST', url: '/mcp', headers: { host: 'evil.example' } })
  t.match(lines(logs).at(-1), { outcome: 'denied', reason: 'host' })
})

t.test('each call of a batch has a line of its own', async t => {
  const { issuer, logs, post } = await build(t, { tools: [remove], env: { RATE_LIMIT_MAX: '2' } })
  const batch = [call('remove', { path: 'a' }, 1), request('ping', {}, 2), call('remove', { path: 'nothing' }, 3), call('remove', { path: 'b' }, 4)]
  await post(batch, issuer.token({ scope: SCOPE }))
  const [first, ...rest] = lines(logs)
  t.strictSame(lines(logs).map(({ rpc, tool, outcome, reason, args }) => [rpc, tool, outcome, reason, args]), [
    ['tools/call', 'remove', 'ok', undefined, { path: 'a' }],
    ['ping', undefined, 'ok', undefined, undefined],
    ['tools/call', 'remove', 'tool_error', undefined, { path: 'nothing' }],
    ['tools/call', 'remove', 'limited', 'rate_limited', { path: 'b' }]
  ])
  t.ok(rest.every(({ reqId }) => reqId === first?.['reqId']))

  await post([call('remove', { path: 'a' }, 1), request('ping', {}, 2)], issuer.token())
  t.match(lines(logs).slice(4), [{ outcome: 'denied', reason: 'insufficient_scope', tool: 'remove' }, { outcome: 'denied', reason: 'insufficient_scope', rpc: 'ping' }])
  await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, issuer.token())
  t.match(lines(logs).slice(6), [{ outcome: 'ok', status: 202, rpc: undefined }])
})

t.test('the line holds the arguments that the tool names, cut and escaped, and no other', async t => {
  const { issuer, logs, post } = await build(t, { tools: [remove] })
  const token = issuer.token({ scope: SCOPE })
  await post(call('remove', { path: `a\u202e${'x'.repeat(1000)}`, why: 'a secret', more: { deep: 'a secret' } }), token)
  t.strictSame(lines(logs).at(-1)?.['args'], { path: `a\\u202e${'x'.repeat(254)}`, more: 'object' })
  await post(call('remove', { why: 'a secret', other: 'a secret' }), token)
  t.strictSame(lines(logs).at(-1)?.['args'], {})
  await post({ ...request('tools/call', { name: 'remove' }) }, token)
  t.equal(lines(logs).at(-1)?.['args'], undefined)
  t.notMatch(JSON.stringify(logs), /a secret/)

  t.throws(() => createRegistry([{ ...remove, audit: ['pth'] }]), { message: 'Tool "remove": audit: the input has no property "pth"' })
})

t.test('the line holds the claims that the tool names, cut, and no other', async t => {
  const [plan, note, admin, groups] = ['https://example.com/plan', 'note', 'admin', 'groups']
  const env = { CALLER_CLAIMS: [plan, note, admin, groups, 'missing'].join() }
  const audit = [plan, admin, groups, 'missing'].map(name => `caller.claims.${name}`)
  const tools = [{ ...remove, audit: ['path', ...audit] }, { ...remove, name: 'quiet' }]
  const { issuer, logs, post } = await build(t, { env, tools })
  const token = issuer.token({ scope: SCOPE, [plan]: 'x'.repeat(1000), [note]: 'a secret', [admin]: true, [groups]: ['a', { b: 'a secret' }], other: 'a secret' })
  await post(call('remove', { path: 'a', 'caller.claims.admin': 'a secret' }), token)
  t.strictSame(lines(logs).at(-1)?.['claims'], { [plan]: 'x'.repeat(256), [admin]: true, [groups]: ['a', 'object'] })
  t.strictSame(lines(logs).at(-1)?.['args'], { path: 'a' })
  await post(call('quiet', { path: 'a' }), token)
  t.equal(lines(logs).at(-1)?.['claims'], undefined)
  t.notMatch(JSON.stringify(logs), /a secret/)

  const bare = Type.Unsafe<Record<string, never>>({ type: 'object' })
  t.throws(() => createRegistry([{ ...remove, input: bare, audit: ['path'] }]), /audit: the input has no property "path"/)
  t.throws(() => createRegistry([{ ...remove, audit: ['claims.plan'] }]), { message: 'Tool "remove": audit: the input has no property "claims.plan"' })
  await t.rejects(buildApp({ config: loadConfig({ AUTH0_DOMAIN: 'tenant.eu.auth0.com' }), tools }), { message: `CALLER_CLAIMS: expected "${plan}" among the names, since the audit of tool "remove" names it` })
})

t.test('makes no record if the log level hides the line', async t => {
  for (const [level, made] of [['warn', false], ['info', true]] as const) {
    const faults: unknown[] = []
    const { app, issuer, whoami } = await build(t, { logger: { level, stream: { write (line: string) { faults.push(...logFault(line)) } } } })
    let records: unknown
    app.addHook('onSend', async ({ records: found }) => { records = found })
    await whoami(issuer.token())
    t.equal(records !== null, made, level)
    t.strictSame(faults, [])
  }
})
