import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer as createHttpServer } from 'node:http'
import t, { type Test } from 'tap'
import { shareLimits } from '../../../limits/redis/share.ts'
import { call } from '../../support/build.ts'
import { freePort } from '../../support/ports.ts'
import { startStandIn } from '../../support/redis.ts'
import { BACK, buildWithRedis, GRANTED, LIMITS, LOST } from '../../support/redis-limits.ts'
import { until } from '../../support/wire.ts'

// A stand-in for Redis answers what each test needs.

// Each test has servers of its own, and mostly waits.
t.jobs = 3

t.test('waits once for a Redis that hangs, then counts in memory until it is back', async t => {
  let hangs = false
  const commands: Array<readonly string[]> = []
  const { port } = await startStandIn(t, command => {
    commands.push(command)
    return hangs ? undefined : command[0] === 'ZREM' ? ':1' : GRANTED
  })
  const { issuer, whoami, logs } = await buildWithRedis(t, port, {}, { commandMs: 1000, connectMs: 1000, retryMs: 50 })
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

t.test('logs a lost connection once, although many calls wait for it', async t => {
  let asked = 0
  const { port, drop } = await startStandIn(t, () => asked++ === 0 ? GRANTED : undefined)
  const { issuer, post, logs } = await buildWithRedis(t, port, { env: { ...LIMITS, CONCURRENT_CALLS_MAX: 'off' } }, { commandMs: 10_000, retryMs: 10_000 })
  const calls = [1, 2, 3].map(id => post(call('whoami', {}, id), issuer.token()).then(({ statusCode }) => statusCode))
  await until(() => asked === 4)
  drop()
  t.strictSame((await Promise.all(calls)).sort(), [200, 200, 429])
  t.match(logs.filter(({ level }) => level === 40 || level === 50), [{ msg: LOST }])
})

t.test('says why Redis stays away, once for each cause of an outage', async t => {
  let reply = GRANTED
  let probes = 0
  const { port, drop } = await startStandIn(t, () => { probes++; return reply })
  const { logs } = await buildWithRedis(t, port, {}, { retryMs: 20 })
  const causes = (): unknown[] => logs.filter(({ msg }) => msg === LOST).map(({ cause }) => cause)
  const replies = [['-WRONGPASS invalid username-password pair or user is disabled.', 'the user name or the password is wrong'], ['-READONLY You can\'t write against a read only replica.', 'it is a read-only replica']] as const
  for (const outage of [1, 2]) {
    reply = replies[0][0]
    drop()
    for (const [other, cause] of replies) {
      reply = other
      await until(() => causes().filter(found => found === cause).length === outage)
      const asked = probes
      await until(() => probes > asked + 2)
    }
    t.equal(causes().length, 3 * outage, 'that of the closed connection is the first')
    reply = GRANTED
    await until(() => logs.filter(({ msg }) => msg === BACK).length === outage)
  }
})

t.test('names at most eight causes of an outage', async t => {
  let probes = 0
  const { port } = await startStandIn(t, () => `-ERR fault ${probes++}`)
  const { logs } = await buildWithRedis(t, port, {}, { retryMs: 5 })
  await until(() => probes > 12)
  t.equal(logs.filter(({ msg }) => msg === LOST).length, 8)
})

t.test('stops its attempts to connect when it closes', async t => {
  let probes = 0
  const { port } = await startStandIn(t, () => { probes++; return '-ERR busy' })
  const { app } = await buildWithRedis(t, port, {}, { retryMs: 20 })
  await until(() => probes >= 2)
  await app.close()
  const last = probes
  await new Promise(resolve => setTimeout(resolve, 100))
  t.ok(probes <= last + 1, 'one may be under way')
})

for (const [what, startOther, connectMs, cause] of [
  ['an HTTP server', startHttp, 20_000, /does not speak the Redis protocol/],
  ['a server that says nothing', startSilent, 200, /no answer within 200 ms/],
  ['no server', async () => await freePort(), 20_000, /nothing listens at this address/]
] as const) {
  t.test(`${what} in place of Redis: a warning and local limits, or no start if REDIS_REQUIRED`, async t => {
    const port = await startOther(t)
    const { app, issuer, whoami, logs } = await buildWithRedis(t, port, {}, { connectMs })
    t.match(logs.filter(({ msg }) => msg === LOST), [{ level: 40, redis: `127.0.0.1:${port}`, cause }])
    for (const status of [200, 200, 429]) t.equal((await whoami(issuer.token())).statusCode, status)
    const failed = await shareLimits({ url: `redis://:hunter2@127.0.0.1:${port}`, connectMs, required: true }, app.log).then(() => '', ({ message }: Error) => message)
    t.match(failed, new RegExp(`^REDIS_URL: Redis at 127.0.0.1:${port} cannot be used: .*${cause.source}.* REDIS_REQUIRED=false`))
    t.notMatch(failed + JSON.stringify(logs), 'hunter2')
  })
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
