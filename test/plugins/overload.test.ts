import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { defineTool } from '../../mcp/tool.ts'
import { block } from '../support/block.ts'
import { build, call } from '../support/build.ts'
import { listen, raw, until } from '../support/wire.ts'

/** Keeps the event loop busy, a piece at a time, until it is told to stop. */
function keepBusy (ms: number): () => void {
  let next: NodeJS.Immediate
  const busy = (): void => {
    block(ms)
    next = setImmediate(busy)
  }
  busy()
  return () => clearImmediate(next)
}

t.test('refuses new work with 503 while the event loop is late, and answers health checks', async t => {
  const { app, issuer, logs, whoami } = await build(t, { overload: { maxDelay: 30, interval: 10 } })
  const token = issuer.token()
  t.equal((await whoami(token)).statusCode, 200)

  const stop = keepBusy(50)
  await until(() => logs.some(({ msg }) => msg === 'the server is overloaded and refuses requests'))
  const [refused, unchecked, live, ready] = await Promise.all([whoami(token), app.inject({ method: 'POST', url: '/mcp', payload: call('whoami') }), app.inject('/health/live'), app.inject('/health/ready')])
  stop()

  t.match(refused, { statusCode: 503, headers: { 'retry-after': '2' } })
  t.notOk(refused.headers['www-authenticate'], 'nobody has to log in')
  t.strictSame(refused.json(), { error: 'temporarily_unavailable', error_description: 'The server is busy; try again later' })
  t.equal(unchecked.statusCode, 503, 'before the token is looked at')
  t.strictSame([live.statusCode, ready.statusCode], [200, 200])
  t.match(logs.find(({ reason }) => reason === 'overloaded'), { status: 503, hint: /WORKERS/ })
  await until(async () => (await whoami(token)).statusCode === 200)
})

t.test('accepts new work after a single late turn of the event loop', async t => {
  const { issuer, whoami } = await build(t, { overload: { maxDelay: 200, interval: 300 } })
  t.equal((await whoami(issuer.token())).statusCode, 200)
  block(900)
  await new Promise(resolve => setTimeout(resolve, 1))
  t.equal((await whoami(issuer.token())).statusCode, 200)
})

/** Sends one call on each of several connections at once. Each call computes for a time; returns the statuses. */
async function callAtOnce (t: Test, times: readonly number[]): Promise<string[]> {
  const compute = defineTool({
    name: 'compute',
    title: 'Compute',
    description: 'Computes without a pause.',
    scopes: ['tool:whoami'],
    input: Type.Object({ ms: Type.Number() }),
    handler ({ ms }) {
      block(ms)
      return []
    }
  })
  const { app, issuer, post } = await build(t, { tools: [compute], overload: { maxDelay: 300, interval: 100 } })
  const port = await listen(app)
  const token = issuer.token()
  await post(call('compute', { ms: 0 }), token)
  const lines = ['content-type: application/json', `authorization: Bearer ${token}`]
  const send = (ms: number, ...more: string[]): string => raw([...lines, ...more], JSON.stringify(call('compute', { ms })))
  // Connections that the server has taken already: it takes one new connection in a turn.
  const sockets = await Promise.all(times.map(async () => {
    const socket = connect(port, '127.0.0.1', () => socket.write(send(0)))
    await once(socket, 'data')
    return socket
  }))
  sockets.forEach((socket, i) => socket.write(send(times[i] as number, 'connection: close')))
  return await Promise.all(sockets.map(async socket => (await text(socket)).slice(9, 12)))
}

t.test('refuses the rest of many costly requests that arrive in one turn of the event loop', async t => {
  const statuses = await callAtOnce(t, Array.from({ length: 12 }, () => 150))
  t.equal(statuses[0], '200')
  t.ok(statuses.includes('503'), statuses.join(' '))
})

t.test('takes the requests that waited for a single long one', async t => {
  t.strictSame(await callAtOnce(t, [1000, 0, 0, 0]), ['200', '200', '200', '200'])
})
