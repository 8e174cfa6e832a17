import { setTimeout as wait } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool, type Authorization, type Decision } from '../../../mcp/tool.ts'
import { build, call, modern } from '../../support/build.ts'
import { listen, until } from '../../support/wire.ts'

type Hook = (args: object, authorization: Authorization) => Decision | Promise<Decision>

const events: string[] = []
const hooks: { server: Hook, tool: Hook } = { server: () => true, tool: () => true }

const remove = defineTool({
  name: 'remove',
  title: 'Remove',
  description: 'Removes a file.',
  scopes: ['files:write'],
  input: Type.Object({ path: Type.String({ default: '/tmp' }) }),
  timeLimit: 5,
  authorize (args, authorization) {
    events.push('tool')
    return hooks.tool(args, authorization)
  },
  handler () {
    events.push('ran')
    return []
  }
})
const free = defineTool({ name: 'free', title: 'Free', description: 'Has no decision of its own.', scopes: ['files:write'], input: Type.Object({}), handler: () => [] })

const slow = defineTool({
  ...free,
  name: 'slow',
  timeLimit: 0.05,
  authorize: (_args, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
})

const { app, issuer, post, logs } = await build(t, {
  tools: [remove, free, slow],
  access: {
    authorize (args, authorization) {
      events.push('server')
      return hooks.server(args, authorization)
    }
  }
})
const token = issuer.token({ scope: 'files:write', sub: 'auth0|alice' })

t.beforeEach(() => {
  events.length = logs.length = 0
  Object.assign(hooks, { server: () => true, tool: () => true })
})

t.test('both hooks decide, that of the server first, with arguments and caller', async t => {
  const seen: unknown[] = []
  hooks.server = hooks.tool = async (args, { caller, tool, signal }) => {
    seen.push([args, caller.subject, tool, signal.aborted])
    return await Promise.resolve<Decision>(true)
  }
  t.strictSame((await post(call('remove'), token)).json().result, { content: [] })
  t.strictSame(events, ['server', 'tool', 'ran'])
  t.strictSame(seen, [[{ path: '/tmp' }, 'auth0|alice', 'remove', false], [{ path: '/tmp' }, 'auth0|alice', 'remove', false]])
  await post(call('free'), token)
  t.equal(events.length, 4, 'the hook of the server is for all tools')
})

t.test('a hook denies a call with a sentence, which the caller reads', async t => {
  for (const who of ['server', 'tool'] as const) {
    Object.assign(hooks, { server: () => true, tool: () => true, [who]: async () => 'Only the owner may remove /tmp.' })
    for (const { message, headers } of [{ message: call('remove'), headers: {} }, modern('tools/call', { name: 'remove', arguments: {} })]) {
      const { statusCode, ...answer } = await post(message, token, headers)
      t.match([statusCode, answer.json()], [200, { result: { isError: true, content: [{ type: 'text', text: 'Only the owner may remove /tmp.' }] } }])
    }
  }
  t.notOk(events.includes('ran'))
  t.match(logs.filter(({ msg }) => msg === 'answered'), [{ outcome: 'denied', tool: 'remove' }, {}, {}, {}])
})

t.test('a hook that throws or gives no decision leads to 503, and nothing runs', async t => {
  const broken: readonly Hook[] = [
    () => { throw new Error('the engine is down') }, () => Promise.reject(new Error('the engine is down')),
    ...[undefined, false, null, '', 1, {}].map(value => () => value as unknown as Decision)
  ]
  for (const who of ['server', 'tool'] as const) {
    for (const hook of broken) {
      Object.assign(hooks, { server: () => true, tool: () => true, [who]: hook })
      const { statusCode, headers, ...answer } = await post(call('remove'), token)
      t.match([statusCode, headers['retry-after'], answer.json()], [503, '1', { error: { code: -32603, message: /cannot be decided just now/ } }])
      t.notMatch(answer.body, /engine/)
    }
  }
  t.notOk(events.includes('ran'))
  t.match(logs.find(({ msg }) => /could not decide/.test(msg)), { err: { message: 'the engine is down' }, tool: 'remove' })
  t.match(logs.filter(({ msg }) => msg === 'answered'), [{ outcome: 'failed', status: 503 }])
})

t.test('the log says what a hook gave in place of a decision', async t => {
  for (const [gave, named] of [[undefined, 'undefined'], [false, 'false'], ['', 'an empty text'], [1n, 'a value of type bigint']]) {
    logs.length = 0
    hooks.tool = () => gave as unknown as Decision
    await post(call('remove'), token)
    t.match(logs.find(({ err }) => err), { err: { message: `authorize of tool remove gave ${String(named)}, expected true, or a sentence that denies the call` } })
  }
})

t.test('a hook runs after the checks of scopes and arguments', async t => {
  t.equal((await post(call('remove'), issuer.token({ scope: '' }))).statusCode, 403)
  t.match((await post(call('remove', { path: 1 }), token)).json(), { result: { isError: true } })
  t.strictSame(events, [])
})

t.test('nothing runs if the client leaves while a hook decides', async t => {
  const port = await listen(app)
  let signal: AbortSignal | undefined
  let decide: ((decision: Decision) => void) | undefined
  hooks.server = (_args, authorization) => {
    signal = authorization.signal
    return new Promise(resolve => { decide = resolve })
  }
  const client = new AbortController()
  const asked = fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    signal: client.signal,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', authorization: `Bearer ${token}` },
    body: JSON.stringify(call('remove'))
  })
  await until(() => decide !== undefined)
  client.abort()
  await t.rejects(asked)
  await until(() => signal?.aborted === true)
  decide?.(true)
  await wait(10)
  t.strictSame(events, ['server'])
})

t.test('a hook that ends because its call is over is logged as no failure', async t => {
  t.match((await post(call('slow'), token)).json(), { result: { isError: true, content: [{ text: /did not finish within 0.05 seconds/ }] } })
  t.strictSame(logs.filter(({ err }) => err), [])
})
