import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { build, request } from '../support/build.ts'
import { exchange, listen, raw, until } from '../support/wire.ts'

const json = 'content-type: application/json'

t.test('sends the usual headers and writes a log line for requests that Node refuses itself', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  const good = `authorization: Bearer ${issuer.token()}`
  const noHost = (target: string): string => raw([json, good], '', target).replace(/host: .*\r\n/, '')
  const rows: ReadonlyArray<readonly [string, string, object, object?]> = [
    ['an unknown expectation', raw([json, good, 'expect: foo'], '{}'), { status: 417, reason: 'broken_request', method: 'POST', found: 'Expect' }],
    ['an unknown expectation of a public route', raw(['expect: 200-maybe'], '', 'GET /health/live'), { status: 417, reason: 'broken_request', method: 'GET' }],
    ['CONNECT', raw([good], '', 'CONNECT evil.example:443'), { status: 405, reason: 'broken_request', method: 'CONNECT' }, { allow: 'GET, HEAD, POST, OPTIONS' }],
    ['no Host', noHost('POST /mcp'), { status: 400, reason: 'no_host', path: '/mcp', hint: /Host/ }],
    ['no Host on a public route', noHost('GET /health/live'), { status: 400, reason: 'no_host', path: '/health/live' }],
    ['no Host and no route', noHost('GET /nothing'), { status: 400, reason: 'no_host', path: '/nothing' }],
    ['no Host, but one in the target', noHost('POST http://localhost:3000/mcp'), { status: 400, reason: 'no_host' }],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', { status: 400, reason: 'broken_request', found: /^HPE_/ }],
    ['an unknown method', raw([good], '', 'MAKE /mcp'), { status: 400, reason: 'broken_request', found: /^HPE_/ }],
    ['an unknown version', `GET /mcp HTTP/3.1\r\n${good}\r\n\r\n`, { status: 400, reason: 'broken_request', found: /^HPE_/ }]
  ]
  for (const [title, bytes, line, more = {}] of rows) {
    const seen = logs.length
    const [answer] = await exchange(port, bytes)
    await until(() => logs.length > seen)
    const { status } = line as { status: number }
    t.match(answer, { statusCode: status, headers: { connection: 'close', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-type': /^application\/json/, date: / GMT$/, ...more } }, title)
    t.match(JSON.parse(answer?.body ?? ''), { error: String, error_description: String }, title)
    t.match(logs.slice(seen), [{ msg: 'refused', ...line }], title)
    t.equal(logs.length, seen + 1, 'one line')
  }
  const [upgrade] = await exchange(port, raw(['upgrade: websocket', 'connection: Upgrade'], '', 'GET /mcp'))
  t.match(upgrade, { statusCode: 405, headers: { 'cache-control': 'no-store' } })
  t.match(logs.at(-1), { msg: 'answered', status: 405, method: 'GET' })
  t.notMatch(JSON.stringify(logs), issuer.token().split('.')[0] ?? '')
})

t.test('does not answer CONNECT in place of an earlier request, and survives its reset', async t => {
  const story = createStory()
  const { app, issuer, logs } = await build(t, { tools: slowTools(story) })
  const port = await listen(app)
  const lines = [json, `authorization: Bearer ${issuer.token({ scope: 'test:slow' })}`]
  let text = ''
  const socket = connect(port, '127.0.0.1', () => socket.write(raw(lines, JSON.stringify(request('tools/call', { name: 'work', arguments: { as: 'first' } }))) + raw([], '', 'CONNECT a:1')))
  socket.on('data', chunk => { text += chunk })
  await once(socket, 'close')
  t.equal(text, '')
  await story.happened('first stopped')
  t.match(logs.filter(({ method }) => method === 'CONNECT'), [{ status: 405 }])

  for (let i = 0; i < 10; i++) {
    const socket = connect(port, '127.0.0.1', () => socket.write(raw([], '', 'CONNECT a:1'), () => socket.resetAndDestroy()))
    await once(socket, 'close')
  }
  await until(() => logs.filter(({ method }) => method === 'CONNECT').length === 11)
  t.equal((await app.inject('/health/live')).statusCode, 200)
})
