import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { redisFault } from '../../../limits/redis/fault.ts'
import { shareLimits } from '../../../limits/redis/share.ts'
import type { RedisSettings } from '../../../limits/settings.ts'
import { defineTool } from '../../../mcp/tool.ts'
import whoami from '../../../tools/whoami.ts'
import { build, call, type Setup, type SetupOptions } from '../../support/build.ts'
import { freePort } from '../../support/ports.ts'
import { startStandIn } from '../../support/redis.ts'
import { until } from '../../support/wire.ts'

// How the server speaks with a Redis, and what it does without one. A stand-in answers what each test needs.

// Each test has servers of its own, and mostly waits.
t.jobs = 3

// A busy machine must not look like a Redis that is away. The tests of these times set their own.
const PATIENT = { commandMs: 20_000, connectMs: 20_000 }

const GRANTED = ':0'
const LIMITS = { RATE_LIMIT_MAX: '2', REFUSAL_LIMIT_MAX: '1', CONCURRENT_CALLS_MAX: '1' }
const LOST = 'Redis cannot be used: each process keeps its own limits until it is back'
const BACK = 'Redis is back: the limits are shared again'

t.test('asks Redis about each call and each refused token, and loads the script where Redis does not know it', async t => {
  const commands: Array<readonly string[]> = []
  let reply = GRANTED
  const { port } = await startStandIn(t, command => {
    commands.push(command)
    return command[0] === 'EVALSHA' && commands.length === 1 ? '-NOSCRIPT No matching script' : command[0] === 'ZREM' ? ':1' : reply
  })
  const { issuer, whoami, logs } = await buildWith(t, port)
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
    const { issuer, whoami, logs } = await buildWith(t, port)
    reply = wrong
    t.match((await whoami(issuer.token())).json(), { result: {} }, wrong)
    t.match(logs.find(({ msg }) => msg === LOST), { cause: 'its reply to a script is not a number' })
  }
})

t.test('does not ask Redis if no limit is on', async t => {
  let asked = 0
  const { port } = await startStandIn(t, () => { asked++; return GRANTED })
  const { issuer, whoami } = await buildWith(t, port, { env: { RATE_LIMIT_MAX: 'off', REFUSAL_LIMIT_MAX: 'off', CONCURRENT_CALLS_MAX: 'off' } })
  t.equal((await whoami(issuer.token())).statusCode, 200)
  t.equal((await whoami('x')).statusCode, 401)
  t.equal(asked, 1, 'the probe')
})

t.test('renews the lease of a long call', async t => {
  const commands: Array<readonly string[]> = []
  const { port } = await startStandIn(t, command => { commands.push(command); return GRANTED })
  let finish = (): void => {}
  const long = defineTool({ ...whoami, name: 'long', input: Type.Object({}), output: Type.Object({}), handler: () => new Promise<object>(resolve => { finish = () => resolve({}) }) })
  const { issuer, post } = await buildWith(t, port, { tools: [long] }, { leaseMs: 30 })
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

t.test('waits once for a Redis that hangs, then counts in memory until it is back', async t => {
  let hangs = false
  const commands: Array<readonly string[]> = []
  const { port } = await startStandIn(t, command => {
    commands.push(command)
    return hangs ? undefined : command[0] === 'ZREM' ? ':1' : GRANTED
  })
  const { issuer, whoami, logs } = await buildWith(t, port, {}, { commandMs: 1000, connectMs: 1000, retryMs: 50 })
  hangs = true
  for (const status of [200, 200, 429]) t.equal((await whoami(issuer.token())).statusCode, status)
  for (const status of [401, 429]) t.equal((await whoami('x')).statusCode, status)
  hangs = false
  await until(() => logs.some(({ msg }) => msg === BACK))
  t.equal((await whoami(issuer.token())).statusCode, 200, 'Redis decides again')
  t.match(logs.filter(({ msg }) => msg === LOST), [{ level: 40, redis: `127.0.0.1:${port}`, cause: 'no answer within 1000 ms' }])
  t.match(logs.filter(({ msg }) => msg === BACK), [{ level: 30 }])
  const leases = commands.filter(command => command[2] === '2').map(command => JSON.parse(command.at(-1) as string).lease)
  t.equal(leases.length, 2, 'the call that waited and the last one')
  await until(() => leases.every(lease => commands.some(command => command[0] === 'ZREM' && command.at(-1) === lease)))
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
  const { issuer, post, logs } = await buildWith(t, port, { tools: [long], env: { CONCURRENT_CALLS_MAX: '2' } }, { retryMs: 50 })
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

t.test('logs a lost connection once, although many calls wait for it', async t => {
  let asked = 0
  const { port, drop } = await startStandIn(t, () => asked++ === 0 ? GRANTED : undefined)
  const { issuer, post, logs } = await buildWith(t, port, { env: { ...LIMITS, CONCURRENT_CALLS_MAX: 'off' } }, { commandMs: 10_000, retryMs: 10_000 })
  const calls = [1, 2, 3].map(id => post(call('whoami', {}, id), issuer.token()).then(({ statusCode }) => statusCode))
  await until(() => asked === 4)
  drop()
  t.strictSame((await Promise.all(calls)).sort(), [200, 200, 429])
  t.match(logs.filter(({ level }) => level === 40 || level === 50), [{ msg: LOST }])
})

t.test('stops its attempts to connect when it closes', async t => {
  let probes = 0
  const { port } = await startStandIn(t, () => { probes++; return '-ERR busy' })
  const { app } = await buildWith(t, port, {}, { retryMs: 20 })
  await until(() => probes >= 2)
  await app.close()
  const last = probes
  await new Promise(resolve => setTimeout(resolve, 100))
  t.ok(probes <= last + 1, 'one may be under way')
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
    const { app } = await buildWith(t, await new Promise<number>(resolve => { start = resolve }), {}, { retryMs: 10, connectMs: 10_000 })
    await until(() => probes === 2)
    await app.close()
    answer()
    await gone
    t.equal(probes, 2)
  })
}

for (const [what, startOther, connectMs, cause] of [
  ['an HTTP server', startHttp, 20_000, /does not speak the Redis protocol/],
  ['a server that says nothing', startSilent, 200, /no answer within 200 ms/],
  ['no server', async () => await freePort(), 20_000, /nothing listens at this address/]
] as const) {
  t.test(`${what} in place of Redis: a warning and local limits, or no start if REDIS_REQUIRED`, async t => {
    const port = await startOther(t)
    const { app, issuer, whoami, logs } = await buildWith(t, port, {}, { connectMs })
    t.match(logs.filter(({ msg }) => msg === LOST), [{ level: 40, redis: `127.0.0.1:${port}`, cause }])
    for (const status of [200, 200, 429]) t.equal((await whoami(issuer.token())).statusCode, status)
    const failed = await shareLimits({ url: `redis://:hunter2@127.0.0.1:${port}`, connectMs, required: true }, app.log).then(() => '', ({ message }: Error) => message)
    t.match(failed, new RegExp(`^REDIS_URL: Redis at 127.0.0.1:${port} cannot be used: .*${cause.source}.* REDIS_REQUIRED=false`))
    t.notMatch(failed + JSON.stringify(logs), 'hunter2')
  })
}

t.test('describes in words what is wrong with Redis', async t => {
  for (const [code, message, words] of [
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames", 'its certificate is for another host than that of REDIS_URL'],
    [undefined, 'NOPERM this user has no permissions', 'its user may not run the commands that the limits need; docs/operations.md lists them'],
    [undefined, 'ERR DB index is out of range', 'it has no database of the number in REDIS_URL'],
    [undefined, 'MOVED 866 127.0.0.1:7001', 'it is a cluster, which is not supported'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND nowhere', 'the host name is unknown'],
    [undefined, 'WRONGPASS invalid username-password pair or user is disabled.', 'the user name or the password is wrong'],
    [undefined, "READONLY You can't write against a read only replica.", 'it is a read-only replica'],
    [undefined, 'something new', 'something new'],
    ['ENEW', '', 'ENEW'],
    ['', 'no answer within 5 ms', 'no answer within 5 ms']
  ] as const) t.equal(redisFault(Object.assign(new Error(message), { code })), words)
  t.equal(redisFault(new Error('no answer within 5 ms'), true), 'no answer within 5 ms; use redis:// if it has no TLS')
})

function buildWith (t: Test, port: number, options: SetupOptions = {}, redis: Partial<RedisSettings> = {}): Promise<Setup> {
  return build(t, { env: LIMITS, redis: { url: `redis://:hunter2@127.0.0.1:${port}`, required: false, ...PATIENT, ...redis }, ...options })
}

async function startHttp (t: Test): Promise<number> {
  const server = createHttpServer((_request, response) => response.end()).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function startSilent (t: Test): Promise<number> {
  return (await startStandIn(t, () => undefined)).port
}
