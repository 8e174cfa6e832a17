import { Type } from '@sinclair/typebox'
import t from 'tap'
import { createProtocol } from '../../../mcp/protocol.ts'
import { createRegistry } from '../../../mcp/registry.ts'
import type { Body } from '../../../mcp/message.ts'
import { createSealer } from '../../../mcp/elicitation/seal.ts'
import { defineTool, ToolError, type Context } from '../../../mcp/tool.ts'
import whoami from '../../../tools/whoami.ts'
import { call, modern } from '../../support/build.ts'
import { buildBehaving } from '../../support/behaving.ts'

const NOBODY = { subject: 's', clientId: 'c', issuer: 'i', audience: [], scopes: [], permissions: [], granted: [], kind: 'user', issuedAt: 0, expiresAt: 0, key: 'k', claims: {} } as const
const about = { title: 'T', description: 'D.', scopes: ['test:content'] as const, input: Type.Object({}) }

let seen: Context | undefined
const { behave, logs, post, run, token } = await buildBehaving(t)

t.test('answers a synchronous handler at once, and an asynchronous one when its promise resolves', async t => {
  behave(() => ({ n: 1 }))
  t.match((await run('data')).result.structuredContent, { n: 1 })
  behave(async () => ({ n: 2 }))
  t.match((await run('data')).result.structuredContent, { n: 2 })
  behave(() => ({ then: (resolve: (value: object) => void) => { resolve({ n: 3 }) } }))
  t.match((await run('data')).result.structuredContent, { n: 3 }, 'a promise of any make')
})

t.test('sends no progress after a call has ended', async t => {
  const told: object[] = []
  let progress: Context['progress'] | undefined
  const behaviours: ReadonlyArray<() => unknown> = [() => [], async () => [], () => { throw new ToolError('no') }, () => ({ get then () { throw new ToolError('no') } })]
  for (const done of behaviours) {
    const tool = defineTool({ ...about, name: 'late', handler: (_input, context) => ({ progress } = context) && done() as [] })
    const protocol = createProtocol(createRegistry([tool]), { name: 'n', title: 't', version: '1' }, { sealer: createSealer() })
    const exchange = protocol.classify({ headers: {}, rawHeaders: [] }, { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'late', _meta: { progressToken: 1 } } }, [])
    await protocol.answer(exchange, { caller: NOBODY, now: 0, log: console, requestId: 'r', channel: { notify: notification => told.push(notification), onGone () {} } })
    progress?.(1)
  }
  t.equal(told.length, 0)
})

t.test('answers whoami without waiting for a promise, in both eras', t => {
  const protocol = createProtocol(createRegistry([whoami]), { name: 'n', title: 't', version: '1' }, { sealer: createSealer() })
  const untouched = (): void => { t.fail('nobody needs the channel') }
  const { message, headers } = modern('tools/call', { name: 'whoami', arguments: {} })
  for (const [body, sent] of [[message, headers], [call('whoami'), {}]] as ReadonlyArray<[Body, Record<string, string>]>) {
    const exchange = protocol.classify({ headers: sent, rawHeaders: [] }, body, [])
    t.strictSame(exchange.needs, [{ scope: 'tool:whoami', satisfiedBy: ['tool:whoami'] }])
    const reply = protocol.answer(exchange, { caller: NOBODY, now: 0, log: console, requestId: 'r', channel: { notify: untouched, onGone: untouched } })
    t.match(reply, { status: 200, body: /"subject":"s"/ })
  }
  t.end()
})

t.test('gives a tool the caller, the time, the capabilities of the client, and a log', async t => {
  const before = logs.length
  behave(context => {
    seen = context
    context.log.info({ detail: 1 }, 'a tool speaks')
    context.log.warn({}, 'a tool warns')
    context.log.error({}, 'a tool complains')
    return []
  })
  const { message, headers } = modern('tools/call', { name: 'content' }, { elicitation: {} })
  await post(message, token, headers)
  t.match(seen, { caller: { subject: /^auth0/, scopes: ['test:content'] }, clientCapabilities: { elicitation: {} } })
  t.ok(Math.abs((seen?.now ?? 0) - Date.now()) < 10_000)
  t.match(logs.slice(before).filter(({ msg }) => msg.startsWith('a tool')), [{ detail: 1, reqId: /./ }, {}, {}], 'with the id of the request')
  await post(call('content'), token)
  t.strictSame(seen?.clientCapabilities, {}, 'earlier clients said so once, to nobody')
})

t.test('sends progress only with numbers that grow, and cuts its message', async t => {
  behave(({ progress }) => {
    for (const value of [NaN, Infinity, '1', 1n, null]) progress(value as number)
    progress(1, NaN, 'x'.repeat(5000))
    progress(2, '9' as never, 5 as never)
    progress(3, 4, '')
    return Promise.resolve([])
  })
  const { message, headers } = modern('tools/call', { name: 'content', _meta: { progressToken: 'p' } })
  const { body } = await post(message, token, headers)
  const told = body.split('\n').filter(line => line.includes('notifications/progress')).map(line => JSON.parse(line.slice('data: '.length)).params)
  t.strictSame(told, [
    { progressToken: 'p', progress: 1, message: 'x'.repeat(1024) },
    { progressToken: 'p', progress: 2 },
    { progressToken: 'p', progress: 3, total: 4 }
  ])
})

t.test('F-R7 treats null as absent, and accepts any number as a progress token', async t => {
  behave(() => [])
  for (const progressToken of [1.5, 0, -3, 'p', null]) {
    const { message, headers } = modern('tools/call', { name: 'content', _meta: { progressToken } })
    t.match((await post(message, token, headers)).json(), { result: { content: [] } }, String(progressToken))
  }
  t.match((await post({ jsonrpc: '2.0', id: 1, method: 'ping', params: null }, token)).json(), { result: {} })
  t.match((await post({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: null }, token)).json(), { result: { tools: [{}] } })
  t.match((await post({ jsonrpc: '2.0', method: 'notifications/initialized', params: null }, token)).statusCode, 202)
  t.match((await post({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'content', arguments: null, _meta: null } }, token)).json(), { result: { content: [] } })
})

t.test('F-R7 refuses a progress token that is neither a string nor a number', async t => {
  behave(() => [])
  for (const progressToken of [true, {}, [], 'x'.repeat(1025)]) {
    const { message, headers } = modern('tools/call', { name: 'content', _meta: { progressToken } })
    t.match((await post(message, token, headers)).json().error, { code: -32602, message: /progressToken/ })
  }
})
