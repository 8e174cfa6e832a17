import { Type } from '@sinclair/typebox'
import t from 'tap'
import { buildApp } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { createSpent } from '../../limits/spent.ts'
import { createProtocol } from '../../mcp/protocol.ts'
import { createRegistry } from '../../mcp/registry.ts'
import { createSealer } from '../../mcp/seal.ts'
import { defineTool, elicit, type Tool } from '../../mcp/tool.ts'
import { build, call, modern } from '../support/build.ts'

const deleted: string[] = []
const remove = defineTool({
  name: 'remove',
  title: 'Remove',
  description: 'Removes a file.',
  scopes: ['files:delete'],
  annotations: { destructiveHint: true },
  input: Type.Object({ path: Type.String() }),
  confirm: ({ path }) => `Remove ${path}?`,
  handler ({ path }) {
    deleted.push(path)
    return [{ type: 'text', text: 'removed' }]
  }
})
const twice = defineTool({
  ...remove,
  name: 'twice',
  handler ({ path }, { ask }) {
    const { confirm } = ask({ confirm: elicit('Really?', Type.Object({ sure: Type.Boolean() })) })
    deleted.push(`${path} ${confirm.action}`)
    return []
  }
})

const note = defineTool({
  ...remove,
  name: 'note',
  input: Type.Object({ path: Type.String(), size: Type.Number(), tags: Type.Object({}, { additionalProperties: true }) }),
  confirm: ({ path }) => `Note ${path}?`,
  handler ({ path }) {
    deleted.push(path)
    return [{ type: 'text', text: 'noted' }]
  }
})

const SCOPES = { scope: 'files:delete' }
const { issuer, post, advance, logs } = await build(t, { tools: [remove, twice, note] })
const token = issuer.token(SCOPES)
const yes = (key = 'confirm()', content: unknown = { sure: true }) => ({ [key]: { action: 'accept', content } })

async function send (more: object = {}, { bearer = token, path = '/a', name = 'remove', capabilities = { elicitation: {} } as object, to = post } = {}) {
  const { message, headers } = modern('tools/call', { name, arguments: { path }, ...more }, capabilities)
  const response = await to(message, bearer, headers)
  const { result, error } = response.json()
  return { status: response.statusCode, result, error }
}

t.beforeEach(() => { deleted.length = 0 })

t.test('the user is asked before the handler runs', async t => {
  const { result: { requestState, ...first } } = await send()
  t.match(first, { resultType: 'input_required', inputRequests: { 'confirm()': { method: 'elicitation/create', params: { message: 'Remove /a?' } } } })
  t.strictSame(deleted, [])
  t.match((await send({ requestState, inputResponses: yes() })).result, { content: [{ text: 'removed' }] })
  t.strictSame(deleted, ['/a'])
})

t.test('the question hides nothing from the user', async t => {
  t.match((await send({}, { path: 'report\u202efdp.exe' })).result, { inputRequests: { 'confirm()': { params: { message: 'Remove reportfdp.exe?' } } } })
})

t.test('an approval counts once, also for two calls at the same time', async t => {
  const { result: { requestState } } = await send()
  const approved = { requestState, inputResponses: yes() }
  const answers = await Promise.all([send(approved), send(approved), send(approved)])
  answers.push(await send(approved))
  t.strictSame(answers.map(({ result }) => result.isError ?? false).sort(), [false, true, true, true])
  t.match(answers.at(-1)?.result, { content: [{ text: /used before/ }] })
  t.strictSame(deleted, ['/a'])
})

t.test('an approval is good for these arguments and this caller only', async t => {
  const { result: { requestState } } = await send()
  const approved = { requestState, inputResponses: yes() }
  const others = [
    { path: '/b' }, { name: 'twice' },
    ...[{ sub: 'auth0|bob' }, { azp: 'other' }, { org_id: 'org_2' }, { act: { sub: 'agent' } }].map(claims => ({ bearer: issuer.token({ ...SCOPES, ...claims }) }))
  ]
  for (const other of others) t.match((await send(approved, other)).error, { code: -32602 }, JSON.stringify(other))
  advance(601)
  t.match((await send(approved)).error, { code: -32602 })
  t.strictSame(deleted, [])
})

t.test('an approval is good for the same arguments in another spelling, and for no others', async t => {
  const raw = async (args: string, more: object = {}): Promise<{ status: number, result: any, error: any }> => {
    const { message, headers } = modern('tools/call', { name: 'note', arguments: {}, ...more }, { elicitation: {} })
    const response = await post(JSON.stringify(message).replace('"arguments":{}', `"arguments":${args}`), token, headers)
    return { status: response.statusCode, ...response.json() }
  }
  const first = '{"path":"/é","size":1,"tags":{"a":1,"b":[1,2]}}'
  const same = [first, '{"tags":{"b":[1,2],"a":1},"size":1.0,"path":"/\\u00e9"}', '{"path":"/other","path":"/é","size":10e-1,"tags":{"a":1,"b":[1.0,2]}}']
  for (const args of same) {
    const { result: { requestState } } = await raw(first)
    t.match((await raw(args, { requestState, inputResponses: yes() })).result, { content: [{ text: 'noted' }] }, args)
  }
  t.strictSame(deleted, same.map(() => '/é'), 'the last of two members is the one that was confirmed')

  deleted.length = 0
  const others = [
    first.replace('é', 'e\u0301'), first.replace('é', 'É'), first.replace('"/é"', '"/é "'), first.replace('"/é"', '"/é","path":"/b"'), first.replace('"size":1', '"size":2'), first.replace('"size":1', '"size":"1"'),
    first.replace('[1,2]', '[2,1]'), first.replace('[1,2]', '{"0":1,"1":2}'), first.replace('"a":1,', ''), first.replace('"a":1', '"a":1,"c":null'), first.replace('"a":1', '"a":true'), first.replace('"a":1', '"A":1')
  ]
  const { result: { requestState } } = await raw(first)
  for (const args of others) t.match((await raw(args, { requestState, inputResponses: yes() })).error, { code: -32602 }, args)
  for (const member of ['"__proto__":{"path":"/b"}', '"constructor":{"prototype":{"path":"/b"}}']) {
    t.match(await raw(first.replace('{', `{${member},`), { requestState, inputResponses: yes() }), { status: 400, result: undefined }, member)
  }
  t.strictSame(deleted, [])
  t.match((await raw(first, { requestState, inputResponses: yes() })).result, { content: [{ text: 'noted' }] }, 'none of them used it up')
})

t.test('an approval of a process that has ended is good for nothing', async t => {
  const { result: { requestState } } = await send()
  const next = await build(t, { tools: [remove], env: { AUTH0_DOMAIN: issuer.url } })
  t.match((await send({ requestState, inputResponses: yes() }, { to: next.post })).error, { code: -32602 })
  t.strictSame(deleted, [])
})

t.test('only a yes to the question runs the handler', async t => {
  for (const answer of [{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { sure: false } }]) {
    const { result: { requestState } } = await send()
    t.match((await send({ requestState, inputResponses: { 'confirm()': answer } })).result, { isError: true, content: [{ text: 'The user did not confirm this call.' }] })
  }
  t.match((await send({ inputResponses: yes() })).result, { resultType: 'input_required' }, 'an answer that nobody asked for')
  const { result: { requestState } } = await send()
  for (const inputResponses of [{}, yes('confirm'), yes('confirm()', {}), yes('confirm()', { sure: 'true' })]) {
    t.match((await send({ requestState, inputResponses })).result, { resultType: 'input_required' })
  }
  t.strictSame(deleted, [])
  t.ok(logs.some(({ outcome }) => outcome === 'denied'))
})

t.test('a client that cannot be asked is refused with a sentence', async t => {
  t.match(await send({}, { capabilities: {} }), { status: 400, error: { code: -32021, message: 'This needs a client that supports elicitation' } })
  t.match((await post(call('remove', { path: '/a' }), token)).json(), { result: { isError: true, content: [{ text: /has to ask the user something/ }] } })
  t.strictSame(deleted, [])
})

t.test('a handler that asks more keeps the approval, which still counts once', async t => {
  const first = await send({}, { name: 'twice' })
  const approved = { requestState: first.result.requestState, inputResponses: yes() }
  const second = await send(approved, { name: 'twice' })
  t.match(second.result, { inputRequests: { confirm: { params: { message: 'Really?' } } } })
  t.match((await send(approved, { name: 'twice' })).result, { isError: true })

  const answered = { requestState: second.result.requestState, inputResponses: yes('confirm') }
  t.match((await send(answered, { name: 'twice' })).result, { content: [] })
  t.match((await send(answered, { name: 'twice' })).result, { isError: true })
  t.strictSame(deleted, ['/a accept'])
})

t.test('a destructive tool needs a question, or says that it has none', async t => {
  const wrong = (confirm: unknown): Tool => ({ ...remove, confirm }) as Tool
  t.throws(() => createRegistry([wrong(undefined)]), /destructiveHint: true needs a question/)
  for (const confirm of [true, 'Sure?', null]) t.throws(() => createRegistry([wrong(confirm)]), /expected confirm to be a function/)
  createRegistry([wrong(false)])
  createRegistry([{ ...remove, confirm: undefined, annotations: {} } as unknown as Tool])
})

t.test('several processes need Redis for approvals', async t => {
  const config = (env: Record<string, string>) => loadConfig({ AUTH0_DOMAIN: 'tenant.eu.auth0.com', ...env })
  for (const [env, message] of [
    [{ WORKERS: '2' }, /^WORKERS: found "2", but tool "remove" asks for confirmations.* Expected REDIS_URL/],
    [{ STATE_SECRET: 'abcdefghijklmnopqrstuvwxyz0123456789' }, /^STATE_SECRET: found a value, but tool "remove"/]
  ] as const) {
    await t.rejects(buildApp({ config: config(env), tools: [remove] }), { message })
    await (await buildApp({ config: config(env), tools: [{ ...remove, confirm: false }] })).close()
  }
})

t.test('an approval that cannot be checked runs nothing: 503', async t => {
  const protocol = createProtocol(createRegistry([remove]), { name: 'n', title: 't', version: '1' }, { sealer: createSealer() })
  const ask = async (more: object = {}): Promise<{ status: number, body: any }> => {
    const { message, headers } = modern('tools/call', { name: 'remove', arguments: { path: '/a' }, ...more }, { elicitation: {} })
    const caller = { issuer: 'i', subject: 's', clientId: 'c', kind: 'user' } as never
    const { status, body } = await protocol.answer(protocol.classify(headers, message as never, []), { caller, now: 0, log: console, requestId: 'r', channel: { notify () {}, onGone () {} } } as never)
    return { status, body: JSON.parse(String(body)) }
  }
  const { body: { result: { requestState } } } = await ask()
  t.match(await ask({ requestState, inputResponses: yes() }), { status: 503, body: { error: { code: -32603, message: /cannot be checked just now/ } } })
  t.strictSame(deleted, [])
})

t.test('a client that leaves while its approval is checked runs nothing', async t => {
  let leave = (): void => {}
  const approvals = { spend: async () => { leave(); return true } }
  const protocol = createProtocol(createRegistry([remove]), { name: 'n', title: 't', version: '1' }, { sealer: createSealer(), approvals })
  const ask = async (more: object = {}): Promise<{ status: number, body?: string | Buffer }> => {
    const { message, headers } = modern('tools/call', { name: 'remove', arguments: { path: '/a' }, ...more }, { elicitation: {} })
    const caller = { issuer: 'i', subject: 's', clientId: 'c', kind: 'user' } as never
    const channel = { notify () {}, onGone (gone: () => void) { leave = gone } }
    return protocol.answer(protocol.classify(headers, message as never, []), { caller, now: 0, log: { ...console, info () {} }, requestId: 'r', channel } as never)
  }
  const { result: { requestState } } = JSON.parse(String((await ask()).body))
  t.match(await ask({ requestState, inputResponses: yes() }), { status: 499 })
  await new Promise(resolve => setImmediate(resolve))
  t.strictSame(deleted, [])
})

t.test('no used approval is forgotten while it is good', async t => {
  const { spend } = createSpent(2)
  const [a, b, c] = ['a', 'b', 'c'].map(letter => letter.repeat(30)) as [string, string, string]
  t.strictSame([spend(a, 0), spend(b, 1000), spend(a, 1000), spend(c, 1000), spend(b, 1000)], [true, true, false, undefined, false])
  const later = 15 * 60 * 1000
  t.strictSame([spend(c, later), spend(b, later), spend(c, later)], [true, false, false])
})
