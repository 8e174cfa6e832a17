import t from 'tap'
import { freePort } from '../support/ports.ts'
import { startRedis, withoutRedis } from '../support/redis.ts'
import { until } from '../support/wire.ts'
import { run, start, whoami } from './built-server.ts'

t.test('WORKERS=2 and REDIS_URL: the limit holds for both processes together, and Redis may go away', { skip: withoutRedis }, async t => {
  const redis = await startRedis(t)
  const { url, issuer, output, stop } = await start(t, { WORKERS: '2', REDIS_URL: `redis://127.0.0.1:${redis.port}`, REDIS_REQUIRED: 'true', RATE_LIMIT_MAX: '20', CONCURRENT_CALLS_MAX: 'off' })
  await until(() => output().split('ready for connections').length === 3, output)
  const burst = async (sub: string): Promise<number> => {
    const token = issuer.token({ sub })
    const statuses = await Promise.all(Array.from({ length: 60 }, () => whoami(url, token).then(({ status }) => status)))
    t.strictSame(statuses.filter(status => status !== 200 && status !== 429), [])
    return statuses.filter(status => status === 200).length
  }
  t.equal(await burst('a'), 20)
  await redis.kill()
  const alone = await burst('b')
  t.ok(alone >= 20 && alone <= 40, `${alone} calls, since each process counts for itself`)
  await redis.restart()
  await until(() => output().split('Redis is back').length === 3, output)
  t.equal(await burst('c'), 20)
  t.equal(output().split('Redis cannot be used').length, 3, 'each process warned once')
  t.equal(await stop(), 0)
})

t.test('REDIS_REQUIRED: no start without Redis, and no message shows the password', async t => {
  const port = await freePort()
  for (const env of [{}, { WORKERS: '2' }]) {
    const { exit, output } = run(t, { AUTH0_DOMAIN: 'tenant.eu.auth0.com', PORT: String(port), REDIS_URL: `redis://:hunter2@127.0.0.1:${port + 1}`, REDIS_REQUIRED: 'true', ...env })
    t.equal(await exit, 1)
    t.match(output(), `Cannot start: REDIS_URL: Redis at 127.0.0.1:${port + 1} cannot be used: nothing listens at this address.`)
    t.notMatch(output(), 'hunter2')
  }
})
