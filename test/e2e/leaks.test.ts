import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Fastify from 'fastify'
import t from 'tap'
import { buildApp } from '../../app.ts'
import { ANSWERS, REASONS } from '../../auth/reasons.ts'
import { loadConfig } from '../../config.ts'
import { FrameworkLog } from '../../http/framework-log.ts'
import whoami from '../../tools/whoami.ts'
import { build, call, request, type LogLine } from '../support/build.ts'
import { logFault } from '../support/log-check.ts'
import { ROOT } from '../support/root.ts'

t.test('J2 J4 every text for a refused caller fits into a challenge', async t => {
  for (const { description } of Object.values(ANSWERS)) t.match(description, /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,200}$/)
})

t.test('J5 answers an unknown key and a bad signature alike', async t => {
  const { whoami, issuer } = await build(t)
  const unknown = await whoami(issuer.token({}, { header: { kid: 'nobody' } }))
  const bad = await whoami(issuer.token().replace(/.{8}$/, 'AAAAAAAA'))
  const same = ({ statusCode, body, headers: { date, 'x-request-id': id, ...headers } }: typeof bad) => ({ statusCode, body, headers })
  t.strictSame(same(unknown), same(bad))
})

t.test('J1 shortens what callers control in a log line, and never logs a query', async t => {
  const { app, issuer, logs, post } = await build(t)
  const token = issuer.token()
  const secret = 'a-secret-that-nobody-logs'
  const host = 'localhost:3000'
  for (const url of [`/mcp?x=${secret}`, `/nothing?x=${secret}`, `/nothing;x=${secret}`, `/nothing%3Fx=${secret}`, `/${'a'.repeat(200)}${secret}`, `/%zz?x=${secret}`]) {
    for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS'] as const) await app.inject({ method, url, headers: { host, authorization: `Bearer ${token}` } })
  }
  for (const url of [`/mcp&access_token=${token}`, `/mcp,${token}`, `/mcp/${token}`, `/${token}`, `/a/${token.slice(0, 40)}`]) {
    await app.inject({ method: 'POST', url, headers: { host } })
    t.match(logs.at(-1), { status: 404, path: /^\/?(?:mcp|a)?\/?$/ })
  }
  await post(request('x'.repeat(200) + secret), token)
  await post(call('x'.repeat(200) + secret), token)
  await post(request('tools/call', { name: { nested: secret } }), token)
  t.ok(logs.length > 20)
  t.notMatch(JSON.stringify(logs), secret)
  t.notMatch(JSON.stringify(logs), 'eyJ')
  await app.inject({ url: '/sse/v1.2?x', headers: { host } })
  t.match(logs.at(-1), { path: '/sse/v1.2' }, 'a mistyped path is logged')
})

t.test('J1 replaces the lines that the framework would write itself', async t => {
  const lines: LogLine[] = []
  const app = Fastify({ logController: new FrameworkLog(), logger: { level: 'trace', stream: { write: (line: string) => { lines.push(JSON.parse(line)) } } } })
  t.teardown(() => app.close())
  app.get('/fails', async () => { throw new Error('for the log') })
  app.get('/head', async (_request, reply) => { reply.header('x', 'a\nb').send('x') })
  for (const url of ['/fails?q=secret', '/head?q=secret', '/nothing?q=secret']) await app.inject(url)
  t.match(lines.map(({ msg, err }) => ({ msg, err })), [{ msg: 'unexpected error', err: { message: 'for the log' } }, { msg: 'unexpected error', err: { code: 'ERR_INVALID_CHAR' } }, { msg: 'the head of an answer could not be written' }])
  t.equal(lines.length, 3)
  t.notMatch(JSON.stringify(lines), 'secret')
  t.strictSame(lines.flatMap(line => logFault(JSON.stringify(line))), [])
})

t.test('works with a logger that is off', async t => {
  const { issuer } = await build(t)
  for (const logger of [false, { level: 'silent' }, { level: 'error', stream: { write () { t.fail('info is not logged') } } }]) {
    const app = await buildApp({ config: loadConfig({ AUTH0_DOMAIN: issuer.url }), tools: [whoami], logger })
    t.teardown(() => app.close())
    // With this hook, Fastify reports the end of a request even without a logger.
    let ended = 0
    app.addHook('onResponse', async () => { ended++ })
    t.equal((await app.inject({ method: 'POST', url: '/mcp', headers: { host: 'localhost' } })).statusCode, 401)
    t.equal(ended, 1)
  }
})

t.test('the table of reasons in docs/security.md is the one in auth/reasons.ts', t => {
  const text = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^\| `(\w+)` \| (\d{3}) \| (.*) \|$/gm)].map(([, reason, status, answer]) => ({ reason, status: Number(status), answer }))
  const expected = Object.entries(REASONS).map(([reason, { answer }]) => ({ reason, status: ANSWERS[answer].status, answer: ANSWERS[answer].description }))
  t.strictSame(documented, expected)
  t.end()
})

t.test('a hint names a setting that exists', t => {
  const names = Object.values(REASONS).flatMap(({ hint = '' }) => hint.match(/\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b/g) ?? [])
  const settings = ['config.ts', ...readdirSync(join(ROOT, 'process')).map(file => `process/${file}`)]
  const config = settings.map(file => readFileSync(join(ROOT, file), 'utf8')).join('\n')
  t.ok(names.length > 5)
  for (const name of names) t.ok(config.includes(`'${name}'`), name)
  t.end()
})
