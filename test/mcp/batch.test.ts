import t from 'tap'
import whoami from '../../tools/whoami.ts'
import { build, call, POWERLESS, request } from '../support/build.ts'

const { issuer, post, logs } = await build(t, { tools: [whoami, { ...whoami, name: 'linked', scopes: ['tool:link'] }] })
const token = issuer.token({ scope: 'tool:whoami tool:link' })

function speak (version: string, message: unknown, bearer = token): ReturnType<typeof post> {
  return post(message, bearer, { 'mcp-protocol-version': version })
}

function initialize (protocolVersion: unknown, id: string | number = 1): object {
  return request('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } }, id)
}

t.test('accepts batches in 2025-03-26 only', async t => {
  const batch = [request('ping', {}, 1), { jsonrpc: '2.0', method: 'notifications/initialized' }, call('whoami', {}, 'two'), request('no/such', {}, 3)]
  for (const response of [await speak('2025-03-26', batch), await post(batch, token)]) {
    t.equal(response.statusCode, 200)
    t.match(response.json(), [{ id: 1, result: {} }, { id: 'two', result: { structuredContent: {} } }, { id: 3, error: { code: -32601 } }])
  }
  for (const version of ['2025-11-25', '2025-06-18']) {
    const response = await speak(version, batch)
    t.equal(response.statusCode, 400)
    t.match(response.json(), { id: null, error: { code: -32600 } })
  }
  const silent = await speak('2025-03-26', [{ jsonrpc: '2.0', method: 'notifications/initialized' }, { jsonrpc: '2.0', id: 1, result: {} }])
  t.equal(silent.statusCode, 202)
  t.equal(silent.body, '')
})

t.test('refuses an empty batch, one that is too long, and initialize in a batch', async t => {
  const pings = (count: number): object[] => Array.from({ length: count }, (_, id) => request('ping', {}, id))
  t.equal((await speak('2025-03-26', pings(20))).json().length, 20)
  const bad = [[], pings(21), [1], [[request('ping')]], [request('ping'), {}], [initialize('2025-03-26')], [request('ping'), initialize('2025-03-26', 2)]]
  for (const body of bad) {
    const response = await speak('2025-03-26', body)
    t.equal(response.statusCode, 400, JSON.stringify(body).slice(0, 60))
    t.match(response.json(), { id: null, error: { code: -32600 } })
  }
})

t.test('refuses the whole batch if one scope is missing, and runs none of its tools', async t => {
  const bearer = issuer.token({ scope: 'tool:whoami' })
  const before = logs.length
  const response = await speak('2025-03-26', [request('ping', {}, 1), call('whoami', {}, 2), call('linked', {}, 3), call('nothing', {}, 4)], bearer)
  t.equal(response.statusCode, 403)
  t.match(response.headers['www-authenticate'], /error="insufficient_scope".*scope="tool:whoami tool:link"/)
  t.match(logs.slice(before).at(-1), { msg: 'refused', reason: 'insufficient_scope' })
  t.equal((await speak('2025-03-26', [request('ping', {}, 1)], issuer.token(POWERLESS))).statusCode, 200)
})
