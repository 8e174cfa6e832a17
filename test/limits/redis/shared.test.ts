import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Bound, Grant, Limits, Reached } from '../../../limits/limits.ts'
import { createMemoryLimits } from '../../../limits/memory.ts'
import { makeClient } from '../../../limits/redis/client.ts'
import { redisKey } from '../../../limits/redis/key.ts'
import { shareLimits } from '../../../limits/redis/share.ts'
import type { RedisSettings } from '../../../limits/settings.ts'
import { TYPESCRIPT } from '../../support/child.ts'
import { startRedis, withoutRedis } from '../../support/redis.ts'
import { until } from '../../support/wire.ts'

// The limits over a real redis-server.

const lines: string[] = []
const log = { info: (_fields: object, line: string) => { lines.push(line) }, warn: (fields: object, line: string) => { lines.push(`${line}: ${JSON.stringify(fields)}`) } }

t.test('limits shared through a real Redis', { skip: withoutRedis }, async t => {
  t.jobs = 4
  const redis = await startRedis(t)
  const url = `redis://127.0.0.1:${redis.port}`

  t.test('allows the maximum and no more in each window, whichever process a caller asks', async t => {
    const two = [await open(t, { url }), await open(t, { url })]
    const asks = fc.array(fc.tuple(fc.nat(1), fc.nat(60)), { minLength: 5, maxLength: 25 })
    await fc.assert(fc.asyncProperty(fc.uuid(), fc.integer({ min: 1, max: 5 }), asks, async (key, max, asks) => {
      const demand = [{ key, rate: { max, window: 0.2 } }]
      const accepted: Array<readonly [sent: number, received: number]> = []
      for (const [which, pause] of asks) {
        await sleep(pause)
        const sent = performance.now()
        const granted = await take(two[which], demand)
        if (typeof granted === 'function') {
          accepted.push([sent, performance.now()])
        } else {
          if (granted.wait < 1 || granted.wait > 200) return false
          await sleep(granted.wait + 1)
          const again = performance.now()
          if (typeof await take(two[1 - which], demand) !== 'function') return false
          accepted.push([again, performance.now()])
        }
      }
      // The clock of Redis was read between "sent" and "received", and counts whole milliseconds.
      return accepted.every(([sent], i) => i + max >= accepted.length || (accepted[i + max]?.[1] as number) - sent >= 199)
    }), { numRuns: 4 })
    t.pass()
  })

  t.test('allows exactly the maximum of a burst over two processes', async t => {
    const two = [await open(t, { url }), await open(t, { url })]
    const demand = [{ key: 'burst', rate: { max: 50, window: 60 } }, { key: 'tool', rate: { max: 70, window: 60 } }]
    const granted = await Promise.all(Array.from({ length: 200 }, (_, i) => take(two[i % 2], demand)))
    t.equal(granted.filter(each => typeof each === 'function').length, 50)
    const other = [{ key: 'tool', rate: { max: 70, window: 60 } }]
    const rest = await Promise.all(Array.from({ length: 50 }, (_, i) => take(two[i % 2], other)))
    t.equal(rest.filter(each => typeof each === 'function').length, 20, 'a refused call counts under no limit')
  })

  t.test('does not share limits with a server of another name', async t => {
    const [first, second] = [await open(t, { url }, 'first'), await open(t, { url }, 'second')]
    const demand = [{ key: 'name', rate: { max: 1, window: 60 } }]
    t.strictSame([typeof await take(first, demand), typeof await take(second, demand), typeof await take(first, demand)], ['function', 'function', 'object'])
  })

  t.test('counts a running call in all processes, until it ends or its process dies', async t => {
    const first = await open(t, { url, leaseMs: 300 })
    const [second, closeSecond] = await openAndClose({ url, leaseMs: 300 })
    const demand = [{ key: 'place', concurrency: 1 }]
    const release = await take(second, demand) as () => void
    t.match(await take(first, demand), { wait: 1000 })
    await sleep(500)
    t.match(await take(first, demand), { wait: 1000 }, 'it is renewed')
    release()
    await until(async () => typeof await take(first, demand) === 'function')

    const other = [{ key: 'other place', concurrency: 1 }]
    t.type(await take(second, other), 'function')
    await closeSecond()
    t.match(await take(first, other), { wait: 1000 })
    const before = Date.now()
    await until(async () => typeof await take(first, other) === 'function')
    t.ok(Date.now() - before < 2000)
  })

  t.test('tells which limit is reached, as the limits of one process do', async t => {
    const [narrow, wide, tight] = [{ key: 'narrow', rate: { max: 1, window: 50 } }, { key: 'wide', rate: { max: 1, window: 90 }, concurrency: 5 }, { key: 'tight', concurrency: 1 }]
    for (const limits of [await open(t, { url }), createMemoryLimits()]) {
      t.type(await take(limits, [narrow, tight]), 'function')
      t.match(await take(limits, [wide, tight]), { wait: 1000, bound: tight, atOnce: true })
      t.match(await take(limits, [narrow]), { bound: narrow, atOnce: false })
      t.type(await take(limits, [wide]), 'function')
      for (const bounds of [[narrow, wide], [wide, narrow]]) {
        const { wait, ...reached } = await take(limits, bounds) as Reached
        t.strictSame(reached, { bound: wide, atOnce: false }, 'the one to wait for longest')
        t.ok(wait > 50_000 && wait <= 90_000, String(wait))
      }
    }
  })

  t.test('forgets what was counted before the clock of Redis was set back', async t => {
    const limits = await open(t, { url })
    const client = await makeClient(url, 20_000).connect()
    t.teardown(() => client.destroy())
    const demand = [{ key: 'clock', rate: { max: 2, window: 60 }, concurrency: 1 }]
    const key = (kind: string): string => redisKey('server', kind, 'clock')
    const ahead = String(Date.now() + 3_600_000)
    await client.sendCommand(['RPUSH', key('rate'), ahead, ahead])
    await client.sendCommand(['ZADD', key('place'), ahead, 'the call of a process that died'])

    const release = await take(limits, demand) as () => void
    t.type(release, 'function')
    t.match(await take(limits, demand), { wait: 1000, atOnce: true }, 'the place is taken again')
    release()
    await until(async () => typeof await take(limits, [{ key: 'clock', concurrency: 1 }]) === 'function')
    t.type(await take(limits, [{ key: 'clock', rate: { max: 2, window: 60 } }]), 'function')
    t.match(await take(limits, [{ key: 'clock', rate: { max: 2, window: 60 } }]), { atOnce: false })
  })

  t.test('lets no stale lease stand for one in force', async t => {
    const limits = await open(t, { url })
    const client = await makeClient(url, 20_000).connect()
    t.teardown(() => client.destroy())
    const place = redisKey('server', 'place', 'leases')
    await client.sendCommand(['ZADD', place, String(Date.now() + 20_000), 'a call of another process', String(Date.now() + 3_600_000), 'a call from before the clock was set back'])
    t.match(await take(limits, [{ key: 'leases', concurrency: 1 }]), { atOnce: true })
  })

  t.test('counts the answers to a question only when they come again, whichever process gets them', async t => {
    const [first, second] = [await open(t, { url }), await open(t, { url })]
    const demand = [{ key: 'state', rate: { max: 1, window: 60 } }]
    const state = 'the state that a process sealed'
    t.type(await take(first, demand), 'function')
    t.type(await take(first, demand, state), 'function')
    t.match(await take(second, demand, state), { wait: Number })
  })
})

t.test('uses local limits and warns while Redis is down, and uses shared limits again afterwards', { skip: withoutRedis }, async t => {
  const redis = await startRedis(t)
  lines.length = 0
  const limits = await open(t, { url: `redis://127.0.0.1:${redis.port}`, retryMs: 50 })
  const demand = [{ key: 'a', rate: { max: 2, window: 60 } }]
  t.type(await take(limits, demand), 'function')
  await redis.kill()
  for (const type of ['function', 'function', 'object']) t.type(await take(limits, demand), type)
  await redis.restart()
  await until(() => lines.some(line => line.startsWith('Redis is back')))
  t.match(lines[0], /cannot be used/)
  for (const type of ['function', 'function', 'object']) t.type(await take(limits, demand), type)
})

t.test('connects with a password and by TLS', { skip: withoutRedis || (spawnSync('openssl', ['version']).error !== undefined && 'openssl not installed') }, async t => {
  const folder = t.testdir()
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  t.equal(spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate]).status, 0)
  const { port } = await startRedis(t, port => ['--port', '0', '--tls-port', String(port), '--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no', '--requirepass', 'hunter2'])
  const plain = await startRedis(t)

  for (const [url, cause] of [
    [`rediss://:hunter2@127.0.0.1:${port}`, /its certificate signs itself; NODE_EXTRA_CA_CERTS/],
    [`redis://:hunter2@127.0.0.1:${port}`, /closed/],
    [`rediss://127.0.0.1:${plain.port}`, /no answer within 500 ms; use redis:\/\/ if it has no TLS/],
    [`redis://:hunter2@127.0.0.1:${plain.port}`, /it has no password/]
  ] as const) await t.rejects(openAndClose({ url, required: true, connectMs: plain.port === Number(new URL(url).port) ? 500 : 20_000 }), cause, url)

  // The server trusts a certificate authority of its own through NODE_EXTRA_CA_CERTS, which is read at start.
  const program = join(folder, 'program.mts')
  writeFileSync(program, `
    const { shareLimits } = await import(${JSON.stringify(join(import.meta.dirname, '../../../limits/redis/share.ts'))})
    for (const password of ['hunter2', 'hunter3', '']) {
      try {
        const { close } = await shareLimits({ url: 'rediss://' + (password && ':' + password + '@') + '127.0.0.1:${port}', required: true }, console)
        console.log('connected')
        await close()
      } catch (error) { console.log(error.message) }
    }`)
  const { stdout, stderr } = spawnSync(process.execPath, [...TYPESCRIPT, program], { encoding: 'utf8', env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate } })
  t.match(stdout, /^connected\n[^]*the user name or the password is wrong[^]*it asks for a password, and REDIS_URL has none/)
  t.notMatch(stdout + stderr, /hunter/)
})

async function open (t: Test, settings: Partial<RedisSettings> & { url: string }, name = 'server'): Promise<Limits> {
  const [limits, close] = await openAndClose(settings, name)
  t.teardown(close)
  return limits
}

async function openAndClose (settings: Partial<RedisSettings> & { url: string }, name = 'server'): Promise<readonly [Limits, () => Promise<void>]> {
  const { share, close } = await shareLimits({ required: false, commandMs: 20_000, connectMs: 20_000, ...settings }, log)
  return [share({ memory: createMemoryLimits(), name, now: Date.now }), close]
}

async function take (limits: Limits | undefined, bounds: readonly Bound[], requestState?: string): Promise<Grant> {
  return (limits as Limits).take(bounds, Date.now(), requestState)
}

function sleep (ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
