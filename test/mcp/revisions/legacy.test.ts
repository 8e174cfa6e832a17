import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool } from '../../../mcp/tool.ts'
import whoami from '../../../tools/whoami.ts'
import { build, call, request } from '../../support/build.ts'

const OLD = ['2025-11-25', '2025-06-18', '2025-03-26']
const MODERN_ONLY = ['resultType', 'ttlMs', 'cacheScope', '_meta']

const linked = defineTool({
  name: 'linked',
  title: 'Linked',
  description: 'Gives a link.',
  scopes: ['tool:link'],
  icons: [{ src: 'https://example.com/icon.png' }],
  input: Type.Object({}),
  handler: () => [{ type: 'resource_link' as const, uri: 'file:///a', name: 'a' }, { type: 'text' as const, text: 'b' }]
})
const listed = defineTool({
  name: 'listed',
  title: 'Listed',
  description: 'Gives a list.',
  scopes: ['tool:whoami'],
  input: Type.Object({}),
  output: Type.Array(Type.Integer()),
  handler: () => [1, 2]
})

const { issuer, post } = await build(t, { tools: [whoami, linked, listed] })
const token = issuer.token({ scope: 'tool:whoami tool:link' })

function speak (version: string, message: unknown, bearer = token): ReturnType<typeof post> {
  return post(message, bearer, { 'mcp-protocol-version': version })
}

function initialize (protocolVersion: unknown, id: string | number = 1): object {
  return request('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'test', version: '1' } }, id)
}

t.test('answers initialize with the version of the client if it is supported, else with the newest of the older ones', async t => {
  for (const version of OLD) {
    const { result } = (await post(initialize(version), token)).json()
    t.equal(result.protocolVersion, version)
    t.strictSame(result.capabilities, { tools: {} })
    t.match(result.serverInfo, { name: 'auth0-mcp-server', version: /^\d/ })
    t.equal('title' in result.serverInfo, version !== '2025-03-26')
    for (const member of MODERN_ONLY) t.notOk(member in result, member)
  }
  for (const version of ['2024-11-05', '2026-07-28', 'v999', 1, undefined]) {
    const response = await post(initialize(version), token)
    t.equal(response.statusCode, 200)
    t.equal(response.json().result.protocolVersion, '2025-11-25', String(version))
  }
})

t.test('accepts headers of later requests on initialize, and starts no session', async t => {
  const response = await post(initialize('2025-06-18'), token, { 'mcp-protocol-version': '2025-11-25', 'mcp-method': 'initialize', 'mcp-session-id': 'x' })
  t.equal(response.json().result.protocolVersion, '2025-06-18')
  t.notOk(response.headers['mcp-session-id'])
})

t.test('answers 400 to an unsupported MCP-Protocol-Version after initialize', async t => {
  for (const version of OLD) t.equal((await speak(version, request('ping'))).statusCode, 200, version)
  for (const version of ['2024-11-05', 'v999', '', '2025-11-25, 2025-11-25']) {
    const response = await speak(version, request('tools/list'))
    t.equal(response.statusCode, 400, version)
    t.match(response.json(), { id: 1, error: { code: -32022, data: { supported: ['2026-07-28', ...OLD], requested: version } } })
  }
  t.equal((await post(request('ping'), token)).statusCode, 200, 'absent, it is 2025-03-26')
})

t.test('answers every method without an earlier request, so that any process can answer', async t => {
  t.strictSame((await speak('2025-11-25', request('ping'))).json(), { jsonrpc: '2.0', id: 1, result: {} })
  t.match((await speak('2025-11-25', call('whoami'))).json(), { result: { structuredContent: { kind: 'user' } } })
})

t.test('answers an unknown method with 200 and -32601', async t => {
  for (const method of ['server/discover', 'prompts/list', 'logging/setLevel', '__proto__', '']) {
    const response = await speak('2025-11-25', request(method, {}, 'x'))
    t.equal(response.statusCode, 200, method)
    t.match(response.json(), { jsonrpc: '2.0', id: 'x', error: { code: -32601 } })
  }
})

t.test('returns an id unchanged, text or number', async t => {
  for (const id of [0, -1, 7, '7', '', 'Ω"\n', 2 ** 53 - 1]) t.equal((await speak('2025-06-18', request('ping', {}, id))).json().id, id)
})

t.test('answers notifications and responses with 202 and no body', async t => {
  const bodies = [
    { jsonrpc: '2.0', method: 'notifications/initialized' },
    { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
    { jsonrpc: '2.0', method: 'no/such' },
    { jsonrpc: '2.0', id: 1, result: {} },
    { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'no' } }
  ]
  for (const body of bodies) {
    const response = await speak('2025-11-25', body)
    t.equal(response.statusCode, 202)
    t.equal(response.body, '')
  }
  t.equal((await speak('v999', bodies[0])).statusCode, 400, 'one that cannot be taken is an error')
})

t.test('lists only the members of a tool that the revision defines', async t => {
  for (const version of OLD) {
    const { result } = (await speak(version, request('tools/list'))).json()
    for (const member of MODERN_ONLY) t.notOk(member in result, member)
    const [whoami, link, list] = result.tools
    t.equal('title' in whoami, version >= '2025-06-18')
    t.equal('outputSchema' in whoami, version >= '2025-06-18')
    t.equal('icons' in link, version >= '2025-11-25')
    t.notOk('outputSchema' in list, 'data has to be an object')
    t.equal(whoami.annotations.title, version >= '2025-06-18' ? undefined : 'Who am I')
    t.equal(whoami.annotations.readOnlyHint, true)
  }
  t.match((await speak('2025-11-25', request('tools/list', { cursor: 'x' }))).json(), { error: { code: -32602, message: 'Invalid cursor' } })
})

t.test('answers tools/call only with members that the revision defines', async t => {
  for (const version of OLD) {
    const { result } = (await speak(version, call('whoami'))).json()
    t.strictSame(Object.keys(result), ['content', 'structuredContent'])
    t.strictSame(Object.keys((await speak(version, call('listed'))).json().result), ['content'])
    const { content } = (await speak(version, call('linked'))).json().result
    t.strictSame(content, version >= '2025-06-18'
      ? [{ type: 'resource_link', uri: 'file:///a', name: 'a' }, { type: 'text', text: 'b' }]
      : [{ type: 'text', text: 'a: file:///a' }, { type: 'text', text: 'b' }])
  }
})

t.test('answers an unknown tool with -32602, not with a result', async t => {
  const response = await speak('2025-11-25', call('nothing'))
  t.equal(response.statusCode, 200)
  t.match(response.json(), { error: { code: -32602, message: 'Unknown tool: nothing' } })
  t.match((await speak('2025-11-25', request('tools/call'))).json(), { error: { code: -32602, message: 'params.name must be a string' } })
})
