import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { build, call } from '../support/build.ts'
import { logFault, MESSAGES, outputFaults } from '../support/log-check.ts'
import { ROOT } from '../support/root.ts'
import { remove, SCOPE } from '../support/tools/audited.ts'

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
