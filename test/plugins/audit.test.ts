import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { buildApp } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { createRegistry } from '../../mcp/registry.ts'
import { defineTool, elicit, ToolError } from '../../mcp/tool.ts'
import { build, call, modern, POWERLESS, request, type LogLine } from '../support/build.ts'
import { logFault, MESSAGES, outputFaults } from '../support/log-check.ts'
import { ROOT } from '../support/root.ts'

const QUESTION = elicit('Really?', Type.Object({ yes: Type.Boolean() }))
const remove = defineTool({
  name: 'remove',
  title: 'Remove',
  description: 'Ends in every way that a tool can.',
  scopes: ['files:write', 'files:read'],
  input: Type.Object({ path: Type.String(), why: Type.Optional(Type.String()), more: Type.Optional(Type.Unknown()) }),
  output: Type.Object({}),
  audit: ['path', 'more'],
  handler ({ path }, { ask }) {
    if (path === 'nothing') throw new ToolError('There is no such file.')
    if (path === 'fault') throw new Error('the disk is on fire')
    if (path === 'ask') ask({ sure: QUESTION })
    return {}
  }
})
const SCOPE = 'files:write files:read'

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
  t.match(lines(logs).at(-1), { outcome: 'limited', status: 429, reason: 'rate_limited', code: -32010, msg: 'refused' })
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

t.test('where the level hides the line, no record is made', async t => {
  for (const [level, made] of [['warn', false], ['info', true]] as const) {
    const { app, issuer, whoami } = await build(t, { logger: { level, stream: { write () {} } } })
    let records: unknown
    app.addHook('onSend', async ({ records: found }) => { records = found })
    await whoami(issuer.token())
    t.equal(records !== null, made, level)
  }
})

const withoutJq = spawnSync('jq', ['--version']).error !== undefined && 'jq not installed'

t.test('the commands of docs/operations.md find what they are for', { skip: withoutJq }, async t => {
  const { issuer, logs, post } = await build(t, { tools: [remove], env: { RATE_LIMIT_MAX: '2' } })
  const token = issuer.token({ scope: SCOPE, sub: 'auth0|…' })
  for (const path of ['fault', 'a', 'b']) await post(call('remove', { path }), token)
  await post(call('remove', { path: 'a' }), 'no token')
  const text = logs.map(line => JSON.stringify(line)).join('\n').replace(/"reqId":"[^"]+"/, '"reqId":"…"')

  const commands = [...readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').matchAll(/`jq (-\w+ )?'([^`]+)'`/g)]
  const found = commands.map(([, option = '', filter = '']) => spawnSync('jq', [...option.trim().split(' ').filter(Boolean), filter.replaceAll('\\|', '|')], { input: text, encoding: 'utf8' }))
  t.strictSame(found.map(({ status, stderr }) => [status, stderr]), Array(5).fill([0, '']))
  const [ofUser = '', refused = '', limited = '', failed = '', ofRequest = ''] = found.map(({ stdout }) => stdout)
  t.equal(ofUser.match(/"path": "\/mcp"/g)?.length, 3)
  t.match(refused, /^\["rate_limited",.*\n\["\w+",.*"127\.0\.0\.1"\]\n$/)
  t.match(limited, /^1\tauth0\|…\t\w+\n$/)
  t.match(failed, /"remove","Error: the disk is on fire/)
  t.match(ofRequest, /"reqId": "…"/)
})

t.test('a test with a logger of its own holds its lines to docs/operations.md, too', async t => {
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.test.ts'))
  for (const file of files) {
    const text = readFileSync(join(ROOT, 'test', file), 'utf8')
    if (/logger: \{|careless\.ts/.test(text)) t.match(text, /\blogFault\b/, file)
  }
})

t.test('docs/operations.md lists every message of the source, and the check of lines finds faults', async t => {
  const sources = ['app.ts', 'server.ts', ...['auth', 'http', 'limits', 'mcp', 'plugins', 'process', 'routes'].flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true }).map(name => join(folder, String(name))).filter(name => name.endsWith('.ts')))]
  const messages = sources.flatMap(file => [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\blog\.(?:info|warn|error|fatal)\((?:\{.*\}, )?'([^']+)'/g)].map(([, message]) => message as string))
  t.ok(messages.length > 12, String(messages.length))
  for (const message of messages) t.ok(message === 'refused' || MESSAGES.some(({ pattern }) => pattern.test(message)), message)

  const right = { level: 30, time: 1, pid: 1, hostname: 'h', msg: 'answered', path: '/mcp', outcome: 'ok', sub: 'a' }
  const fault = (line: object): string => logFault(JSON.stringify(line)).join()
  t.equal(fault(right), '')
  t.match(fault({ ...right, secret: 1 }), /does not list, secret/)
  t.match(fault({ ...right, outcome: 'fine' }), /an outcome that/)
  t.match(fault({ ...right, sub: `eyJ${'a'.repeat(10)}.eyJ${'b'.repeat(10)}.c` }), /a token/)
  t.match(fault({ ...right, sub: 'Bearer abcdefghijk' }), /a token/)
  t.match(fault({ level: 30, msg: 'something new' }), /a message that/)
  const plain = (line: string): string => outputFaults(line, ['hunter2']).join()
  t.equal(plain(JSON.stringify({ ...right, sub: 'S66eyjclN1gUs8ij_qAM' })), '', 'a random name')
  t.equal(plain(`worker 12 ended with SIGKILL; another one starts within 0.5 s\nCannot start: no\n${JSON.stringify(right)}`), '')
  t.match(plain('something else'), /a line that/)
  t.match(plain(JSON.stringify({ ...right, secret: 1 })), /does not list, secret/)
  for (const secret of [`eyJ${'a'.repeat(8)}`, 'Basic abcdefghij', 'authorization: x', 'client_secret=x', 'a'.repeat(80), 'hunter2']) t.match(plain(`Cannot start: ${secret}`), /a secret/)
  t.equal(fault({ level: 30, msg: 'of a tool', reqId: 'r-1', anything: 1 }), '')
  t.match(fault({ level: 30, msg: 'a tool failed', reqId: 'r-1', anything: 1 }), /anything/)
})
