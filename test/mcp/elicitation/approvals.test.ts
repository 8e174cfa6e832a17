import t from 'tap'
import { createProtocol } from '../../../mcp/protocol.ts'
import { createRegistry } from '../../../mcp/registry.ts'
import { createSealer } from '../../../mcp/elicitation/seal.ts'
import { build, modern } from '../../support/build.ts'
import { buildConfirming, SCOPES, yes } from '../../support/confirming.ts'

const { issuer, post, advance, deleted, remove, token, send } = await buildConfirming(t)

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

t.test('an approval of a process that has ended is refused', async t => {
  const { result: { requestState } } = await send()
  const next = await build(t, { tools: [remove], env: { AUTH0_DOMAIN: issuer.url } })
  t.match((await send({ requestState, inputResponses: yes() }, { to: next.post })).error, { code: -32602 })
  t.strictSame(deleted, [])
})

t.test('an approval that cannot be checked runs nothing: 503', async t => {
  const protocol = createProtocol(createRegistry([remove]), { name: 'n', title: 't', version: '1' }, { sealer: createSealer() })
  const ask = async (more: object = {}): Promise<{ status: number, body: any }> => {
    const { message, headers } = modern('tools/call', { name: 'remove', arguments: { path: '/a' }, ...more }, { elicitation: {} })
    const caller = { issuer: 'i', subject: 's', clientId: 'c', kind: 'user' } as never
    const { status, body } = await protocol.answer(protocol.classify({ headers, rawHeaders: [] }, message as never, []), { caller, now: 0, log: console, requestId: 'r', channel: { notify () {}, onGone () {} } } as never)
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
    return protocol.answer(protocol.classify({ headers, rawHeaders: [] }, message as never, []), { caller, now: 0, log: { ...console, info () {} }, requestId: 'r', channel } as never)
  }
  const { result: { requestState } } = JSON.parse(String((await ask()).body))
  t.match(await ask({ requestState, inputResponses: yes() }), { status: 499 })
  await new Promise(resolve => setImmediate(resolve))
  t.strictSame(deleted, [])
})
