import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool } from '../../mcp/tool.ts'
import { build, call, modern, request } from '../support/build.ts'

/** What was asked of the hidden tool. */
const asked: string[] = []
const about = { title: 'Test', description: 'A test.', handler: () => [] }
const tools = [
  defineTool({ ...about, name: 'open', scopes: ['a'], input: Type.Object({}) }),
  defineTool({ ...about, name: 'hidden', scopes: ['b'], input: Type.Object({ region: Type.String({ 'x-mcp-header': 'Region' }) }) }),
  defineTool({
    ...about,
    name: 'guarded',
    scopes: { possible: ['b', 'e'], of () { asked.push('scopes'); return ['e'] } },
    input: Type.Object({}),
    rateLimit: { max: 1, window: 60 },
    concurrency: 1,
    annotations: { destructiveHint: true },
    authorize () { asked.push('authorize'); return 'No.' },
    confirm () { asked.push('confirm'); return 'Sure?' }
  }),
  defineTool({ ...about, name: 'partly', scopes: { possible: ['c', 'd'], of: ({ all }) => [all === true ? 'd' : 'c'] }, input: Type.Object({ all: Type.Optional(Type.Boolean()) }) })
]

const { app, issuer, post, logs } = await build(t, { tools, env: { LIST_TOOLS: 'permitted' } })
const bearer = (scope: string) => issuer.token({ scope, permissions: [] })

async function list (scope: string) {
  const { message, headers } = modern('tools/list')
  const [old, now] = [(await post(request('tools/list'), bearer(scope))).json().result, (await post(message, bearer(scope), headers)).json().result]
  t.strictSame(old.tools.map(({ name }: { name: string }) => name), now.tools.map(({ name }: { name: string }) => name))
  return { names: now.tools.map(({ name }: { name: string }) => name), cacheScope: now.cacheScope, ttlMs: now.ttlMs }
}

t.test('the list shows what this caller may call, and no cache shares it', async t => {
  t.strictSame(await list('a'), { names: ['open'], cacheScope: 'private', ttlMs: 0 })
  t.strictSame(await list('b d'), { names: ['hidden', 'guarded', 'partly'], cacheScope: 'private', ttlMs: 0 }, 'some arguments are enough')
  t.strictSame(await list(''), { names: [], cacheScope: 'private', ttlMs: 0 })
})

t.test('a call to a hidden tool is answered as one to an unknown tool, byte for byte', async t => {
  const token = bearer('a')
  const shapes: ReadonlyArray<(name: string) => [object, Record<string, string>]> = [
    name => [call(name, { region: 'eu' }), {}],
    name => [call(name, { wrong: 1 }), {}],
    name => [[call(name, {}, 1), call('open', {}, 2)], {}],
    name => at(modern('tools/call', { name, arguments: { region: 'eu' } })),
    name => at(modern('tools/call', { name, arguments: { region: 'eu' }, requestState: 'x' })),
    name => [modern('tools/call', { name, arguments: { region: 'eu' } }).message, { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' }],
    name => [request('tools/call', { name, arguments: [] }), {}]
  ]
  for (const shape of shapes) {
    const [known, unknown] = await Promise.all(['hidden', 'nobody'].map(async name => {
      const [message, headers] = shape(name)
      const response = await post(message, token, headers)
      const { date, 'x-request-id': id, 'content-length': length, ...rest } = response.headers
      return { status: response.statusCode, body: response.body.replaceAll(name, 'NAME'), names: Object.keys(response.headers), rest }
    }))
    t.strictSame(known, unknown, String(known?.body))
  }
  t.notOk(logs.some(line => JSON.stringify(line).includes('insufficient_scope')))
})

t.test('runs nothing of a hidden tool, so that neither its limits nor the time of its checks reveal it', async t => {
  const token = bearer('a')
  for (const name of ['guarded', 'nobody', 'guarded', 'guarded']) {
    const { message, headers } = modern('tools/call', { name, arguments: { wrong: 1 } }, { elicitation: {} })
    t.match((await post(message, token, headers)).json().error, { code: -32602, message: `Unknown tool: ${name}` })
    t.match((await post(call(name), token)).json().error, { code: -32602, message: `Unknown tool: ${name}` })
  }
  t.strictSame(asked, [])
})

t.test('no other method and no log line reveals a hidden tool', async t => {
  const token = bearer('a')
  const line = async (name: string): Promise<string> => {
    logs.length = 0
    await post(call(name), token)
    return JSON.stringify(logs.map(({ time, reqId, responseTime, ...rest }) => rest)).replaceAll(name, 'NAME').replace(/"(?:ms|duration\w*|bytes)":[\d.]+/g, '')
  }
  t.equal(await line('hidden'), await line('nobody'))
  const ref = { type: 'ref/prompt', name: 'hidden' }
  const methods: ReadonlyArray<readonly [string, Record<string, unknown>?]> = [['server/discover'], ['initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a', version: '1' } }], ['completion/complete', { ref, argument: { name: 'region', value: '' } }], ['prompts/list'], ['resources/list'], ['resources/templates/list'], ['tools/list', { cursor: 'hidden' }], ['logging/setLevel', { level: 'debug' }]]
  for (const [method, params = {}] of methods) {
    const { message, headers } = modern(method, params)
    for (const { body } of [await post(message, token, headers), await post(request(method, params), token)]) t.notMatch(body, /hidden|guarded|Region/, method)
  }
})

t.test('a tool that is shown can still be refused for its arguments', async t => {
  t.equal((await post(call('partly', { all: true }), bearer('c'))).statusCode, 403)
  t.equal((await post(call('partly'), bearer('c'))).statusCode, 200)
})

t.test('the page for people shows no tools', async t => {
  const { body } = await app.inject({ url: '/', headers: { host: 'localhost:3000' } })
  t.match(body, /MCP endpoint/)
  t.notMatch(body, /<code>(?:hidden|open)<\/code>/)
})

function at ({ message, headers }: ReturnType<typeof modern>): [object, Record<string, string>] {
  return [message, headers]
}
