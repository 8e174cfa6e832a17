import t from 'tap'
import whoamiTool from '../../../tools/whoami.ts'
import { build, modern, POWERLESS } from '../../support/build.ts'

const VERSIONS = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26']
const SERVER_INFO = { name: 'auth0-mcp-server', title: /./, version: /^\d/ }

const { issuer, post } = await build(t, { tools: [whoamiTool, { ...whoamiTool, name: 'other' }] })
const token = issuer.token()

function send ({ message, headers }: ReturnType<typeof modern>, change: { message?: object, headers?: Record<string, string | undefined> } = {}): ReturnType<typeof post> {
  const sent = Object.entries({ ...headers, ...change.headers }).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return post({ ...message, ...change.message }, token, Object.fromEntries(sent))
}

const whoami = modern('tools/call', { name: 'whoami', arguments: {} })

t.test('calls a tool in one request, without an earlier one', async t => {
  const response = await send(whoami)
  t.equal(response.statusCode, 200)
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
  const { id, result } = response.json()
  t.equal(id, 1)
  t.equal(result.resultType, 'complete')
  t.match(result.structuredContent, { subject: /^auth0/, issuer: issuer.url })
  t.strictSame(JSON.parse(result.content[0].text), result.structuredContent)
  t.match(result._meta, { 'io.modelcontextprotocol/serverInfo': SERVER_INFO })
  t.notMatch(response.body, /\n/, 'compact, on one line')
})

t.test('server/discover lists versions and capabilities, and how long they may be cached', async t => {
  const { result } = (await send(modern('server/discover'))).json()
  t.strictSame(result.supportedVersions, VERSIONS)
  t.strictSame(result.capabilities, { tools: {} })
  t.match(result, { resultType: 'complete', ttlMs: 300_000, cacheScope: 'public', _meta: { 'io.modelcontextprotocol/serverInfo': SERVER_INFO } })
})

t.test('tools/list shows every tool in order, also to a caller that may call none', async t => {
  const { message, headers } = modern('tools/list')
  const response = await post(message, issuer.token(POWERLESS), headers)
  const { result } = response.json()
  t.strictSame(result.tools.map((tool: { name: string }) => tool.name), ['whoami', 'other'])
  t.match(result, { resultType: 'complete', ttlMs: 300_000, cacheScope: 'public', _meta: { 'io.modelcontextprotocol/serverInfo': SERVER_INFO } })
  t.match(result.tools[0], { title: 'Who am I', inputSchema: { type: 'object' }, outputSchema: { type: 'object' }, annotations: { readOnlyHint: true } })
  t.equal((await post(message, token, headers)).body, response.body, 'the same for everyone')
})

t.test('refuses an invented cursor, and accepts an absent one', async t => {
  for (const cursor of ['', 'next', 1]) t.match((await send(modern('tools/list', { cursor }))).json(), { error: { code: -32602, message: 'Invalid cursor' } })
  t.match((await send(modern('tools/list', { cursor: null }))).json(), { result: { tools: [{ name: 'whoami' }, {}] } })
})

t.test('answers an unknown tool with 200 and -32602, whatever scopes the caller has', async t => {
  const { message, headers } = modern('tools/call', { name: 'nothing' })
  for (const claims of [{}, POWERLESS]) {
    const response = await post(message, issuer.token(claims), headers)
    t.equal(response.statusCode, 200)
    t.match(response.json(), { id: 1, error: { code: -32602, message: 'Unknown tool: nothing' } })
  }
})

t.test('answers 404 and -32601 to unknown methods and to those of earlier revisions', async t => {
  for (const method of ['initialize', 'ping', 'logging/setLevel', 'prompts/list', 'resources/read', 'subscriptions/listen', 'toString']) {
    const response = await send(modern(method))
    t.equal(response.statusCode, 404, method)
    t.match(response.json(), { id: 1, error: { code: -32601, message: `Method not found: ${method}` } })
  }
})

t.test('answers 403 if a scope is missing, after it has checked the headers', async t => {
  const powerless = issuer.token(POWERLESS)
  const refused = await post(whoami.message, powerless, whoami.headers)
  t.equal(refused.statusCode, 403)
  t.match(refused.headers['www-authenticate'], /error="insufficient_scope".*scope="tool:whoami"/)
  const mismatched = await post(whoami.message, powerless, { ...whoami.headers, 'mcp-name': 'other' })
  t.equal(mismatched.statusCode, 400)
})

t.test('refuses a request whose required headers or members are missing or disagree', async t => {
  const meta = (change: object): { message: object } => {
    const { message } = whoami as { message: { params: { _meta: object } } }
    return { message: { params: { ...message.params, _meta: { ...message.params._meta, ...change } } } }
  }
  const V = 'io.modelcontextprotocol/protocolVersion'
  const C = 'io.modelcontextprotocol/clientCapabilities'
  const L = 'io.modelcontextprotocol/logLevel'
  const unsupported = (requested: string): object => ({ code: -32022, data: { supported: VERSIONS, requested } })
  const rows: ReadonlyArray<[what: string, change: { message?: object, headers?: Record<string, string | undefined> }, error: object]> = [
    ['no _meta', { message: { params: { name: 'whoami' } } }, { code: -32602 }],
    ['no params', { message: { params: undefined } }, { code: -32602 }],
    ['_meta that is no object', { message: { params: { name: 'whoami', _meta: [] } } }, { code: -32602 }],
    ['no protocolVersion', meta({ [V]: undefined }), { code: -32602 }],
    ['a protocolVersion that is no text', meta({ [V]: 20260728 }), { code: -32602 }],
    ['no clientCapabilities', meta({ [C]: undefined }), { code: -32602 }],
    ['clientCapabilities that are no object', meta({ [C]: [] }), { code: -32602 }],
    ['an unknown logLevel', meta({ [L]: 'loud' }), { code: -32602, message: /logLevel"\] must be debug or info or / }],
    ['a logLevel that is no text', meta({ [L]: null }), { code: -32602 }],
    ['a name that is no text', { message: { params: { ...(whoami.message as { params: object }).params, name: 1 } } }, { code: -32602 }],
    ['no MCP-Protocol-Version', { headers: { 'mcp-protocol-version': undefined } }, { code: -32020, message: /mcp-protocol-version header is missing/ }],
    ['another MCP-Protocol-Version', { headers: { 'mcp-protocol-version': '2025-11-25' } }, { code: -32020 }],
    ['MCP-Protocol-Version twice', { headers: { 'mcp-protocol-version': '2026-07-28, 2026-07-28' } }, { code: -32020 }],
    ['a mismatch wins over an unknown version', meta({ [V]: 'v999' }), { code: -32020 }],
    ['an unknown version in both', { ...meta({ [V]: 'v999' }), headers: { 'mcp-protocol-version': 'v999' } }, unsupported('v999')],
    ['an unknown version in the body alone', { ...meta({ [V]: 'v999' }), headers: { 'mcp-protocol-version': undefined } }, unsupported('v999')],
    ['no Mcp-Method', { headers: { 'mcp-method': undefined } }, { code: -32020, message: /mcp-method header is missing/ }],
    ['another Mcp-Method', { headers: { 'mcp-method': 'tools/list' } }, { code: -32020 }],
    ['Mcp-Method in capitals', { headers: { 'mcp-method': 'TOOLS/CALL' } }, { code: -32020 }],
    ['no Mcp-Name', { headers: { 'mcp-name': undefined } }, { code: -32020, message: /mcp-name header is missing/ }],
    ['another Mcp-Name', { headers: { 'mcp-name': 'whoareyou' } }, { code: -32020 }],
    ['Mcp-Name twice', { headers: { 'mcp-name': 'whoami, whoami' } }, { code: -32020 }]
  ]
  for (const [what, change, error] of rows) {
    const response = await send(whoami, change)
    t.equal(response.statusCode, 400, what)
    t.match(response.json(), { id: 1, error }, what)
  }
  t.ok((await send(whoami, meta({ [L]: 'warning' }))).json().result, 'a level of the specification')
})

t.test('names the same versions in discovery and in refusals', async t => {
  const refusal = await send(modern('server/discover', { _meta: { 'io.modelcontextprotocol/protocolVersion': '1900-01-01' } }), { headers: { 'mcp-protocol-version': '1900-01-01' } })
  t.equal(refusal.json().error.code, -32022)
  t.strictSame(refusal.json().error.data, { supported: VERSIONS, requested: '1900-01-01' })
  t.strictSame((await send(modern('server/discover'))).json().result.supportedVersions, VERSIONS)
})

t.test('answers notifications with 202 and no body', async t => {
  const bodies = [{ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }, { jsonrpc: '2.0', method: 'tools/call', params: whoami.message }]
  for (const body of bodies) {
    const response = await post(body, token, { 'mcp-protocol-version': '2026-07-28' })
    t.equal(response.statusCode, 202)
    t.equal(response.body, '')
  }
})

t.test('answers responses and batches with 400 and -32600', async t => {
  const headers = { 'mcp-protocol-version': '2026-07-28' }
  for (const body of [{ jsonrpc: '2.0', id: 1, result: {} }, { jsonrpc: '2.0', error: {} }, [whoami.message], [whoami.message, whoami.message]]) {
    const response = await post(body, token, headers)
    t.equal(response.statusCode, 400)
    t.match(response.json(), { error: { code: -32600 } })
  }
  t.equal((await post([whoami.message, whoami.message], token)).statusCode, 400, 'a batch of modern requests is none of the old kind')
})

t.test('ignores a session id and an event id, and issues none', async t => {
  const response = await send(whoami, { headers: { 'mcp-session-id': 'x', 'last-event-id': '7' } })
  t.equal(response.statusCode, 200)
  t.notOk(response.headers['mcp-session-id'])
})
