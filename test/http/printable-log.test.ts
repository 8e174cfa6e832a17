import { once } from 'node:events'
import t from 'tap'
import { Type } from '@sinclair/typebox'
import { printableLine, printableLog } from '../../http/printable-log.ts'
import { defineTool } from '../../mcp/tool.ts'
import { build, call, request } from '../support/build.ts'
import { header, signed } from '../support/tokens.ts'
import { logFault } from '../support/log-check.ts'
import { exchange, listen, raw, until } from '../support/wire.ts'

// C0, DEL, C1, separators, bidi marks, overrides and isolates, zero width, a tag, lone surrogates.
const HOSTILE = ['\u0000', '\u0007', '\b', '\t', '\n', '\r', '\u001b[2J', '\u007f', '\u0085', '\u009b31m', '\u00ad', '\u034f', '\u061c', '\u180e', '\u200b', '\u200e', '\u2028', '\u2029', '\u202e', '\u2060', '\u2066', '\u2069', '\u3164', '\ufe0f', '\ufeff', '\ufff9', '\u{e0041}', '\ud800', '\udfff']
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

const echo = defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Logs its argument in every way that a tool has.',
  scopes: ['tool:echo'],
  input: Type.Object({ text: Type.String() }),
  handler ({ text }, { log }) {
    log.info({ text, [text]: { list: [text] } }, `said ${text}`)
    log.warn({ err: new Error(text, { cause: new Error(text) }) }, 'an error of the tool')
    throw new Error(text)
  }
})

t.test('writes no control, bidi mark or invisible character of a caller into the log', async t => {
  const lines: string[] = []
  const { app, issuer, post } = await build(t, { tools: [echo], logger: { level: 'trace', stream: { write: (line: string) => { lines.push(line) } } } })
  const port = await listen(app)
  const token = issuer.token({ scope: 'tool:echo' })
  const text = `a${HOSTILE.join('b')}c`
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

  await post(call('echo', { text }), token)
  for (const name of [text, ...HOSTILE]) await post(call(name), token)
  await post(request(text), token)
  for (const head of [{ alg: text }, { typ: text }, { kid: text }, { alg: `HS${text}` }]) await post(call('echo'), signed(issuer, { ...header(issuer), ...head }, JSON.stringify(claims)))
  for (const claim of [{ iss: text }, { aud: [text] }, { sub: [text] }, { azp: text, client_id: 'x' }, { exp: text }]) await post(call('echo'), signed(issuer, header(issuer), JSON.stringify({ ...claims, ...claim })))
  // Node reads the bytes of a header as Latin-1, so a header can hold every C1 control.
  for (const bytes of ['\u0085', '\u009b31m', '\u00ad']) {
    await exchange(port, raw([`origin: http://a${bytes}b`]))
    await exchange(port, raw([]).replace('host: localhost', `host: a${bytes}b`))
  }
  app.log.info({ reqId: 'r', err: Object.assign(new Error('from Node'), { code: text }), more: { deep: [text, { [text]: text }] } }, text)

  t.ok(lines.length > 15)
  for (const line of lines) {
    t.strictSame(logFault(line), [])
    t.notMatch(line.slice(0, -1), UNPRINTABLE, 'in the line as it is written')
    t.equal(line.at(-1), '\n')
    checkValues(JSON.parse(line))
  }
  const said = lines.map(line => JSON.parse(line)).find(({ msg }) => String(msg).startsWith('said'))
  t.match(said, { text: /a\\u0000b\\u0007b.*\\u202e.*\\u\{e0041\}b\\ud800b\\udfffc$/ }, 'what was there can still be told')
  const failed = lines.map(line => JSON.parse(line)).find(({ msg }) => msg === 'an error of the tool')
  t.match(failed.err.stack, /\n {4}at .*\ncaused by: .*\n {4}at /s, 'a stack keeps its lines')

  function checkValues (value: unknown, key = ''): void {
    if (typeof value === 'string') t.notMatch(key === 'stack' ? value.replaceAll(/\n(?: {4}at |caused by: )/g, '') : value, UNPRINTABLE, 'in a value that a reader parses')
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) {
        checkValues(name)
        checkValues(member, name)
      }
    }
  }
})

t.test('writes no token, wherever a caller or a tool puts it', async t => {
  const lines: string[] = []
  const { issuer, post, app } = await build(t, { tools: [echo], logger: { level: 'trace', stream: { write: (line: string) => { lines.push(line) } } } })
  const token = issuer.token({ scope: 'tool:echo' })
  await post(call('echo', { text: token }), token)
  await post(call(token), token)
  await post(request(`a/${token}`), token)
  await post(call('echo'), token, { origin: `https://${token}` })
  await post(call('echo'), token, { host: token.slice(0, 30) })
  await post(call('echo'), token, { 'mcp-protocol-version': token })
  app.log.info({ reqId: 'r', deep: [token], [token]: 1 }, `after\n${token}`)
  t.notMatch(lines.join(''), /eyJ[\w-]{8}/)
  t.equal(lines.filter(line => line.includes('[token]')).length, 8)
  for (const line of lines) t.strictSame(logFault(line), [])
})

t.test('writes a text that looks like a token only after it is escaped for JSON', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  // JSON writes the first character as \u001e, so that the last character of its escape begins what looks like a token.
  const text = '\u001eyJabcdefghijk'
  const good = issuer.token()
  const claims = JSON.parse(Buffer.from(good.split('.')[1] ?? '', 'base64url').toString())
  const tokens = [signed(issuer, { ...header(issuer), alg: text }, JSON.stringify(claims)), signed(issuer, header(issuer), JSON.stringify({ ...claims, iss: text })), good]

  for (const token of tokens) {
    const [answer] = await exchange(port, raw(['content-type: application/json', `authorization: Bearer ${token}`], JSON.stringify(request(text))))
    t.equal(answer?.statusCode, token === good ? 200 : 401)
  }
  await until(() => logs.filter(({ msg }) => /answered|refused/.test(msg)).length === 3, () => JSON.stringify(logs))
  const shown = '\\u001eyJabcdefghijk'
  t.match(logs.slice(-3), [{ found: shown }, { found: shown }, { rpc: shown, outcome: 'denied' }])
})

t.test('answers a call whose error cannot be read', { timeout: 60_000 }, async t => {
  const unreadable = defineTool({
    name: 'unreadable',
    title: 'Unreadable',
    description: 'Throws what throws again when it is logged.',
    scopes: ['tool:unreadable'],
    input: Type.Object({ kind: Type.String() }),
    async handler ({ kind }, { progress, signal }) {
      const throwing = { get () { throw new Error('from a getter') } }
      const { proxy, revoke } = Proxy.revocable({}, {})
      revoke()
      progress(1)
      if (kind === 'listener') {
        signal.addEventListener('abort', () => { throw proxy })
        await once(signal, 'abort')
      }
      if (kind === 'proxy') throw proxy
      if (kind === 'message') throw Object.defineProperty(new Error(), 'message', throwing)
      throw Object.defineProperty(new Error(), 'detail', { ...throwing, enumerable: true })
    }
  })
  const { app, issuer, logs } = await build(t, { tools: [unreadable] })
  const url = `http://localhost:${await listen(app)}/mcp`
  const post = (kind: string, signal: AbortSignal): Promise<Response> => fetch(url, {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization: `Bearer ${issuer.token({ scope: 'tool:unreadable' })}` },
    body: JSON.stringify(request('tools/call', { name: 'unreadable', arguments: { kind }, _meta: { progressToken: 1 } }))
  })

  const [leaving, staying] = [new AbortController(), new AbortController()]
  await post('listener', leaving.signal)
  leaving.abort()
  for (const kind of ['proxy', 'message', 'detail']) t.match(await (await post(kind, staying.signal)).text(), /"code":-32603/, kind)

  await until(() => logs.filter(({ rpc }) => rpc === 'tools/call').length === 4, () => JSON.stringify(logs))
  const cannotBeRead = { tool: 'unreadable', err: { message: 'the thrown value cannot be read' } }
  t.match(logs.filter(({ msg }) => msg === 'a tool failed'), [{ err: { message: /proxy/ } }, cannotBeRead, cannotBeRead])
  t.match(logs.find(({ msg }) => msg === 'an abort listener of a tool failed'), { err: { message: 'the thrown value cannot be read' } })
})

t.test('does not change an ordinary line', t => {
  for (const value of ['plain', 'quotes " and \\ backslashes', 'Grüße, 日本語, 🎉']) {
    const line = `${JSON.stringify({ level: 30, msg: value })}\n`
    t.equal(printableLine(line), line)
  }
  t.end()
})

t.test('bounds the length of a line, and keeps it JSON', t => {
  const long = 'x'.repeat(100_000)
  const deep = JSON.parse(`${'{"a":'.repeat(1000)}"end"${'}'.repeat(1000)}`)
  const rows = [{ long }, { [long]: 1 }, { list: Array(10_000).fill('item') }, Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`key ${i}`, 'x'.repeat(100)])), { many: Array(20).fill(long), after: 'x' }, { deep, long }, { deep: { ['__proto__']: long } }]
  for (const row of rows) {
    const line = printableLine(`${JSON.stringify({ level: 30, reqId: 'r-1', ...row, end: '\u009b'.repeat(1000) })}\n`)
    t.ok(line.length < 32 * 1024, `${line.length} characters`)
    t.match(JSON.parse(line), { level: 30, reqId: 'r-1' })
  }
  t.end()
})

t.test('adds the hook to a logger that is given as true', async t => {
  t.type(printableLog(true), 'object')
  t.equal(printableLog(false), false)
})

t.test('a line with a member that cannot be read is written without its members, and never throws', async t => {
  const lines: string[] = []
  const { app } = await build(t, { logger: { level: 'info', stream: { write: (line: string) => { lines.push(line) } } } })
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  for (const fields of [{ req: null }, { res: null }, { get name () { throw new Error('from a getter') } }, proxy]) {
    lines.length = 0
    app.log.info(fields, 'called')
    t.match(JSON.parse(lines.join('')), { msg: 'called', err: { message: 'the thrown value cannot be read' } })
  }
})
