import { Type } from '@sinclair/typebox'
import t from 'tap'
import type { Caller } from '../../../auth/caller.ts'
import type { Body } from '../../../mcp/message.ts'
import { createProtocol } from '../../../mcp/protocol.ts'
import { createRegistry } from '../../../mcp/registry.ts'
import { createNeeds } from '../../../mcp/declaration/scopes.ts'
import { createSealer } from '../../../mcp/elicitation/seal.ts'
import { defineTool, scopesOf, type Access, type Tool } from '../../../mcp/tool.ts'
import { build, call, request } from '../../support/build.ts'
import { listen } from '../../support/wire.ts'

const about = { title: 'Test', description: 'Tells that it ran.', output: Type.Object({ ran: Type.String() }) }
const ran: string[] = []
const noted = (name: string) => {
  ran.push(name)
  return { ran: name }
}

const all = defineTool({ ...about, name: 'all', scopes: ['files:read', 'files:list'], input: Type.Object({}), handler: () => noted('all') })
const any = defineTool({ ...about, name: 'any', scopes: { anyOf: ['mail:read', 'mail:admin'] }, input: Type.Object({}), handler: () => noted('any') })
const open = defineTool({
  ...about,
  name: 'open',
  scopes: { possible: ['files:read', 'files:write'], of: ({ mode }) => mode === 'w' ? ['files:write'] : mode === 'x' ? ['other'] : mode === 'none' ? [] : mode === 'nothing' ? undefined as unknown as [] : ['files:read'] },
  input: Type.Object({ mode: Type.Union([Type.Literal('r'), Type.Literal('w'), Type.Literal('x'), Type.Literal('none'), Type.Literal('nothing')], { default: 'r' }) }),
  handler: ({ mode }) => noted(mode)
})
const access: Access = { implies: { 'files:write': ['files:read'], 'files:all': ['files:write', 'files:list'] } }

const { app, issuer, logs, post } = await build(t, { tools: [all, any, open], access })
t.beforeEach(() => { ran.length = 0 })

async function run (name: string, scope: string, args: object = {}) {
  const { statusCode, headers } = await post(call(name, args), issuer.token({ scope, permissions: [] }))
  const [, challenged] = /error="insufficient_scope".* scope="([^"]*)"/.exec(String(headers['www-authenticate'])) ?? []
  return [statusCode, challenged]
}

t.test('a call needs all scopes of a list', async t => {
  t.strictSame(await run('all', 'files:read files:list'), [200, undefined])
  t.strictSame(await run('all', 'files:list'), [403, 'files:read files:list'], 'the challenge names all, not only the missing one')
})

t.test('a call needs one scope of anyOf', async t => {
  for (const scope of ['mail:read', 'mail:admin', 'x mail:admin']) t.strictSame(await run('any', scope), [200, undefined], scope)
  for (const scope of ['', 'mail', 'mail:read2', 'files:all']) t.strictSame(await run('any', scope), [403, 'mail:read'], scope)
})

t.test('a wider scope includes the narrower ones, and none the other way round', async t => {
  for (const scope of ['files:write files:list', 'files:all']) t.strictSame(await run('all', scope), [200, undefined], scope)
  t.strictSame(await run('open', 'files:all', { mode: 'w' }), [200, undefined])
  t.strictSame(await run('open', 'files:read files:list', { mode: 'w' }), [403, 'files:write'])
})

t.test('a call needs the scopes that its arguments name', async t => {
  t.strictSame(await run('open', 'files:read'), [200, undefined], 'a default counts')
  t.strictSame(await run('open', 'files:read', { mode: 'w' }), [403, 'files:write'])
  t.strictSame(await run('open', 'files:write', { mode: 'w' }), [200, undefined])
  t.strictSame(ran, ['r', 'w'])
})

t.test('wrong arguments need no scope: their fault is told, and nothing runs', async t => {
  const { statusCode, ...answer } = await post(call('open', { mode: 'rw' }), issuer.token({ scope: '' }))
  t.match([statusCode, answer.json()], [200, { result: { isError: true } }])
  t.match((await post(request('tools/call', { name: 'open', arguments: [] }), issuer.token({ scope: '' }))).json(), { error: { code: -32602 } })
  t.strictSame(ran, [])
})

t.test('a scope that is not in "possible", or none, is a fault of the tool, and nothing runs', async t => {
  for (const [mode, given] of [['x', '["other"]'], ['none', '[]'], ['nothing', 'nothing']]) {
    const { statusCode, headers, ...answer } = await post(call('open', { mode }), issuer.token({ scope: 'files:all other' }))
    const requestId = headers['x-request-id']
    t.strictSame([statusCode, answer.json()], [200, { jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'Internal error', data: { requestId } } }])
    t.match(logs.findLast(({ err }) => err), { msg: 'a tool failed', level: 50, tool: 'open', reqId: requestId, err: { message: `scopes.of of tool open gave ${given}, expected a list of scopes that are in "possible"` } })
    t.match(logs.findLast(({ rpc }) => rpc), { reqId: requestId, tool: 'open', status: 200, outcome: 'failed', code: -32603 })
  }
  t.strictSame(ran, [])
})

t.test('a tool whose "of" throws fails alone: other calls of a batch have their answers, and its limit counts', async t => {
  const broken = defineTool({
    ...about,
    name: 'broken',
    scopes: { possible: ['x'], of: ({ late }) => late ? Promise.reject(new Error('too late')) as unknown as [] : raise(new Error('no table of scopes')) },
    input: Type.Object({ late: Type.Boolean() }),
    rateLimit: { max: 2, window: 100 },
    handler: () => noted('broken')
  })
  const { issuer, logs, post } = await build(t, { tools: [broken, any] })
  const batch = [call('broken', { late: false }, 1), call('any', {}, 2), call('broken', { late: true }, 'three'), call('broken', { late: false }, 4)]
  const { statusCode, headers, ...answer } = await post(batch, issuer.token({ scope: 'mail:read' }))
  const requestId = headers['x-request-id']
  t.match([statusCode, answer.json()], [200, [
    { id: 1, error: { code: -32603, data: { requestId } } }, { id: 2, result: {} }, { id: 'three', error: { code: -32603, data: { requestId } } }, { id: 4, error: { code: 429 } }
  ]])
  t.strictSame(logs.filter(({ msg }) => msg === 'a tool failed').map(({ err }) => (err as Error).message), ['no table of scopes', 'scopes.of of tool broken gave a promise, expected a list of scopes that are in "possible"'])
  t.strictSame(logs.filter(({ rpc }) => rpc).map(({ outcome }) => outcome), ['failed', 'ok', 'failed', 'limited'])
  t.strictSame(ran, ['any'])

  function raise (error: Error): never { throw error }
})

t.test('arguments that change after the check change nothing', async t => {
  const protocol = createProtocol(createRegistry([open]), { name: 'n', title: 't', version: '1' }, { sealer: createSealer() })
  const body = call('open', { mode: 'r' }) as Body & { params: { arguments: { mode: string } } }
  const exchange = protocol.classify({ headers: {}, rawHeaders: [] }, body, [])
  t.match(exchange.needs, [{ scope: 'files:read' }])
  body.params.arguments.mode = 'w'
  body.params.arguments = { mode: 'w' }
  const channel = { notify () {}, onGone () {} }
  await protocol.answer(exchange, { caller: {} as Caller, now: 0, log: console, requestId: 'r', channel })
  t.strictSame(ran, ['r'])
})

t.test('over a socket, a batch needs what its calls need', async t => {
  const port = await listen(app)
  const ask = (scope: string) => fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization: `Bearer ${issuer.token({ scope, permissions: [] })}` },
    body: JSON.stringify([call('open', { mode: 'r' }, 1), call('open', { mode: 'w' }, 2), call('any', {}, 3), call('open', { mode: 'w' }, 4)])
  })
  const refused = await ask('files:read')
  t.match([refused.status, refused.headers.get('www-authenticate')], [403, / scope="files:read files:write mail:read"/])
  t.equal((await ask('files:write mail:admin')).status, 200)
  t.strictSame(ran, ['r', 'w', 'any', 'w'])
})

t.test('every scope that a tool may need is known at start', async t => {
  const { scopes_supported: scopes } = (await app.inject({ url: '/.well-known/oauth-protected-resource/mcp', headers: { host: 'localhost:3000' } })).json()
  t.strictSame(scopes, ['files:read', 'files:list', 'mail:read', 'mail:admin', 'files:write'])
})

t.test('a command names the tool whose scopes it cannot read', async t => {
  const message = (...tools: unknown[]): (() => void) => () => scopesOf(...tools as Tool[])
  t.throws(message(all, { name: 'add', scope: ['math:use'] }), { message: /^Tool "add": expected at least one scope, without spaces or quotes, found none; scopes is a list/ })
  t.throws(message({ name: 'add', scopes: 'math:use' }), { message: /^Tool "add": expected .*, found "math:use"; / })
  t.throws(message(all, undefined), { message: /^entry 2 of tools\/index\.ts is not a tool; it is undefined/ })
  t.throws(message({ default: all }), /entry 1 .* it is a whole module/)
})

t.test('a wrong declaration stops the start', async t => {
  const wrong = (scopes: unknown): Tool => ({ ...all, scopes }) as Tool
  for (const scopes of [undefined, null, 'a', [], ['a b'], ['a"'], [1], {}, { anyOf: [] }, { anyOf: 'a' }, { possible: [], of () {} }, { possible: ['a b'], of () {} }]) {
    t.throws(() => createRegistry([wrong(scopes)]), /expected at least one scope/, JSON.stringify(scopes))
  }
  t.throws(() => createRegistry([wrong({ possible: ['a'] })]), /a function "of"/)
  t.throws(() => createRegistry([wrong({ anyOf: ['a'], possible: ['a'], of: () => ['a'] })]), /expected no "anyOf" in scopes/)
  t.throws(() => createRegistry([wrong({ anyOf: ['a'], allOf: ['b'] })]), /expected no "allOf" in scopes/)
  for (const scope of ['openid', 'offline_access']) t.throws(() => createRegistry([wrong(['a', scope])]), new RegExp(`expected no scope "${scope}": it is about the login`))
  for (const [implies, message] of [
    [{ 'a b': ['files:read'] }, /expected a list of scopes at "a b"/], [{ a: ['b c'] }, /expected a list of scopes at "a"/], [{ a: 'files:read' }, /expected a list of scopes at "a"/],
    [{ a: 5 }, /expected a list of scopes at "a"/], [{ a: [] }, /expected a list of scopes at "a"/], [null, /implies: expected lists/], [[['a', 'files:read']], /implies: expected lists/],
    [{ a: ['files:raed'] }, /no tool needs "files:raed"/],
    [{ 'files:read': ['files:read'] }, /"files:read" and "files:read" include each other/],
    [{ 'files:read': ['a'], a: ['b'], b: ['files:read'] }, /"files:read" and "a" include each other/]
  ] as const) t.throws(() => createRegistry([all], undefined, { implies } as unknown as Access), { message }, JSON.stringify(implies))
  createRegistry([all], undefined, { implies: { a: ['b', 'files:list'], b: ['files:read', 'files:list'] } })
})

t.test('a promise in the list that "of" gives fails the call, and its rejection ends nothing', async t => {
  const of = () => [Promise.reject(new Error('late'))] as unknown as []
  const { byArguments } = createNeeds({})({ name: 'eager', scopes: { possible: ['x'], of } })
  t.throws(() => byArguments?.({}), /scopes\.of of tool eager gave \[\{\}\]/)
  await new Promise(resolve => setImmediate(resolve))
})
