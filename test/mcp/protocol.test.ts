import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool, type Tool } from '../../mcp/tool.ts'
import { build, call, modern, request } from '../support/build.ts'

const tool = (input: object, more: object = {}): Tool => ({ name: 'tool', title: 'T', description: 'D.', scopes: ['s'], input, handler: () => [], ...more }) as unknown as Tool

t.test('F-T6 an internal error in a batch carries the id of the request', async t => {
  const broken = tool(Type.Object({}), { scopes: ['tool:whoami'], handler () { throw new Error('x') } })
  const { issuer, post } = await build(t, { tools: [broken] })
  const answer = await post([request('ping', {}, 1), call('tool', {}, 2)], issuer.token())
  t.match(answer.json(), [{ result: {} }, { error: { code: -32603, data: { requestId: answer.headers['x-request-id'] } } }])
  t.ok(answer.headers['x-request-id'])
})

t.test('F-T13 tells clients the name, title, version and instructions of the server', async t => {
  const server = { name: 'orders', title: 'Orders', version: '3.2.1', instructions: 'Look an order up before you change it.' }
  const { issuer, post } = await build(t, { server })
  const { instructions, ...info } = server
  const { message, headers } = modern('server/discover')
  t.match((await post(message, issuer.token(), headers)).json().result, { instructions, _meta: { 'io.modelcontextprotocol/serverInfo': info } })
  t.match((await post(request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } }), issuer.token())).json().result, { instructions, serverInfo: info })
})

t.test('F-T5 opens the stream of a call that sends no events with a comment', async t => {
  const silent = defineTool({
    name: 'silent',
    title: 'S',
    description: 'D.',
    scopes: ['tool:whoami'],
    input: Type.Object({}),
    handler: () => new Promise<[]>(resolve => setTimeout(resolve, 300, []))
  })
  const { issuer, post } = await build(t, { tools: [silent], keepAliveMs: 20 })
  const answer = await post(call('silent'), issuer.token())
  t.equal(answer.headers['content-type'], 'text/event-stream')
  t.match(answer.body, /^:\n\n(?::\n\n)*event: message\ndata: \{"jsonrpc":"2\.0","id":1,"result":\{"content":\[\]\}\}\n\n$/)
  t.match((await post(call('silent'), issuer.token(), { accept: 'application/json' })).json(), { result: { content: [] } })

  const byDefault = await build(t, { tools: [silent] })
  const timers = t.capture(globalThis, 'setTimeout', setTimeout)
  await byDefault.post(call('silent'), byDefault.issuer.token())
  t.ok(timers().some(({ args: [run, ms] }) => ms === 15_000 && /#open/.test(String(run))), 'by default after 15 seconds')
})
