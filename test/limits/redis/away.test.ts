import { createServer, type AddressInfo } from 'node:net'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool } from '../../../mcp/tool.ts'
import whoami from '../../../tools/whoami.ts'
import { call } from '../../support/build.ts'
import { startStandIn } from '../../support/redis.ts'
import { buildWithRedis, GRANTED, LOST } from '../../support/redis-limits.ts'
import { until } from '../../support/wire.ts'

// How the server speaks with a Redis, and what it does without one. A stand-in answers what each test needs.

// Each test has servers of its own, and mostly waits.
t.jobs = 3

t.test('asks Redis about each call and each refused token, and loads the script where Redis does not know it', async t => {
  const commands: Array<readonly string[]> = []
  let reply = GRANTED
  const { port } = await startStandIn(t, command => {
    commands.push(command)
    return command[0] === 'EVALSHA' && commands.length === 1 ? '-NOSCRIPT No matching script' : command[0] === 'ZREM' ? ':1' : reply
  })
  const { issuer, whoami, logs } = await buildWithRedis(t, port)
  t.match(commands.map(([name]) => name), ['EVALSHA', 'EVAL'], 'the probe at the start')

  t.equal((await whoami(issuer.token())).statusCode, 200)
  await until(() => commands.at(-1)?.[0] === 'ZREM')
  t.match(commands.at(-2), ['EVALSHA', /^[\da-f]{40}$/, '2', /^mcp:rate:[\w-]{43}$/, /^mcp:place:[\w-]{43}$/])
  t.match(JSON.parse(commands.at(-2)?.at(-1) as string), { rates: [{ max: 2, window: 60_000 }], places: [1], leaseMs: 30_000 })
  t.match(commands.at(-1), ['ZREM', /^mcp:place:/], 'the place is free again')

  reply = ':4001'
  for (const [refused, retryAfter, message, hint] of [[':4001', '5', 'calls; try again in 5 s', 'RATE_LIMIT_MAX (2 in 60 s)'], [':-1', '1', 'calls at once; try again in 1 s', 'CONCURRENT_CALLS_MAX (1 at once)']] as const) {
    reply = refused
    const { statusCode, headers, ...answer } = await whoami(issuer.token())
    t.strictSame([statusCode, headers['retry-after'], answer.json().error.message], [429, retryAfter, `Too many ${message}`])
    await until(() => logs.some(line => line['hint'] === `The caller reached ${hint}; raise it, or look for a client in a loop`))
  }

  t.equal((await whoami('x')).headers['retry-after'], '1')
  t.match(JSON.parse(commands.at(-1)?.at(-1) as string), { rates: [{ max: 1, window: 60_000 }], places: [] })
  reply = GRANTED
  t.equal((await whoami('x')).statusCode, 401)
})

t.test('keeps its own limits if Redis answers something else than a number', async t => {
  for (const wrong of ['$5\r\nhello', '$-1', '*1\r\n:0']) {
    let reply = GRANTED
    const { port } = await startStandIn(t, () => reply)
    const { issuer, whoami, logs } = await buildWithRedis(t, port)
    reply = wrong
    t.match((await whoami(issuer.token())).json(), { result: {} }, wrong)
    t.match(logs.find(({ msg }) => msg === LOST), { cause: 'its reply to a script is not a number' })
  }
})

t.test('does not ask Redis if no limit is on', async t => {
  let asked = 0
  const { port } = await startStandIn(t, () => { asked++; return GRANTED })
  const { issuer, whoami } = await buildWithRedis(t, port, { env: { RATE_LIMIT_MAX: 'off', REFUSAL_LIMIT_MAX: 'off', CONCURRENT_CALLS_MAX: 'off' } })
  t.equal((await whoami(issuer.token())).statusCode, 200)
  t.equal((await whoami('x')).statusCode, 401)
  t.equal(asked, 1, 'the probe')
})

t.test('renews the lease of a long call', async t => {
  const commands: Array<readonly string[]> = []
  const { port } = await startStandIn(t, command => { commands.push(command); return GRANTED })
  let finish = (): void => {}
  const long = defineTool({ ...whoami, name: 'long', input: Type.Object({}), output: Type.Object({}), handler: () => new Promise<object>(resolve => { finish = () => resolve({}) }) })
  const { issuer, post } = await buildWithRedis(t, port, { tools: [long] }, { leaseMs: 30 })
  const answered = post(call('long'), issuer.token()).then(answer => answer)
  await until(() => commands.filter(command => command.at(-1) === '30').length >= 2)
  const [renewal] = commands.filter(command => command.at(-1) === '30')
  const decision = commands.find(command => command[2] === '2') as string[]
  t.strictSame(renewal?.slice(3, 5), [decision[4], JSON.parse(decision.at(-1) as string).lease])
  finish()
  t.equal((await answered).statusCode, 200)
  await until(() => commands.at(-1)?.[0] === 'ZREM')
  t.strictSame(commands.at(-1)?.slice(1), renewal?.slice(3, 5))
})

t.test('gives the place of a call back that ends while Redis is away, or just as it goes', async t => {
  const removed: Array<string | undefined> = []
  const { port, drop } = await startStandIn(t, command => {
    if (command[0] !== 'ZREM') return GRANTED
    removed.push(command.at(-1))
    // The first removal gets no answer.
    return removed.length === 1 ? undefined : ':1'
  })
  const waits: Array<() => void> = []
  const long = defineTool({ ...whoami, name: 'long', input: Type.Object({}), output: Type.Object({}), handler: () => new Promise<object>(resolve => waits.push(() => resolve({}))) })
  const { issuer, post, logs } = await buildWithRedis(t, port, { tools: [long], env: { CONCURRENT_CALLS_MAX: '2' } }, { retryMs: 50 })
  const answers = [1, 2].map(id => post(call('long', {}, id), issuer.token()).then(answer => answer))
  await until(() => waits.length === 2)
  waits[0]?.()
  await until(() => removed.length === 1)
  drop()
  await until(() => logs.some(({ msg }) => msg === LOST))
  waits[1]?.()
  t.match(await Promise.all(answers), [{ statusCode: 200 }, { statusCode: 200 }])
  await until(() => removed.length === 3)
  t.equal(new Set(removed).size, 2)
})

for (const [outcome, reply] of [['succeeds', GRANTED], ['fails', '-ERR busy']] as const) {
  t.test(`closes a connection that ${outcome} after the server is closed`, async t => {
    let probes = 0
    let answer = (): void => {}
    const gone = new Promise<void>(resolve => {
      const silent = createServer(socket => socket.on('data', chunk => {
        if (/AUTH/.test(String(chunk))) socket.write('+OK\r\n')
        if (!/EVALSHA/.test(String(chunk))) return
        if (probes++ === 0) socket.write('-ERR busy\r\n')
        else answer = () => { socket.write(`${reply}\r\n`); socket.once('close', resolve) }
      })).listen(0, '127.0.0.1')
      t.teardown(() => silent.close())
      silent.once('listening', () => { start((silent.address() as AddressInfo).port) })
    })
    let start = (_port: number): void => {}
    const { app } = await buildWithRedis(t, await new Promise<number>(resolve => { start = resolve }), {}, { retryMs: 10, connectMs: 10_000 })
    await until(() => probes === 2)
    await app.close()
    answer()
    await gone
    t.equal(probes, 2)
  })
}
