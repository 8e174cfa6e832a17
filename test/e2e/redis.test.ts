import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../support/certificate.ts'
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
  const causes = output().split('\n').filter(line => line.includes('Redis cannot be used')).map(line => `${JSON.parse(line).pid} ${JSON.parse(line).cause}`)
  t.equal(new Set(causes.map(line => line.split(' ')[0])).size, 2, 'each process warned')
  t.equal(new Set(causes).size, causes.length, 'each process warned once of each cause')
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

t.test('a Redis that hangs delays the start for two seconds, and no call after it', async t => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const { url, issuer, output, stop } = await start(t, { REDIS_URL: `redis://127.0.0.1:${(silent.address() as AddressInfo).port}` })
  t.match(output(), '"cause":"no answer within 2000 ms","msg":"Redis cannot be used')
  t.equal((await whoami(url, issuer.token())).status, 200)
  t.equal(await stop(), 0)
})

t.test('TLS and a password: the server calls, if it trusts the certificate, and else says why not', { skip: withoutRedis }, async t => {
  const folder = t.testdir()
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')]
  const made = makeCertificate({ host: 'localhost' })
  writeFileSync(certificate, made.cert)
  writeFileSync(key, made.key)
  const { port } = await startRedis(t, port => ['--port', '0', '--tls-port', String(port), '--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no', '--requirepass', 'hunter2'])
  const env = (password: string, trusted = true) => ({ REDIS_URL: `rediss://:${password}@localhost:${port}`, REDIS_REQUIRED: 'true', ...(trusted && { NODE_EXTRA_CA_CERTS: certificate }) })
  const failed = async (env: Record<string, string>): Promise<string> => {
    const { exit, output } = run(t, { AUTH0_DOMAIN: 'tenant.eu.auth0.com', PORT: String(await freePort()), ...env })
    t.equal(await exit, 1)
    return output()
  }
  const [{ url, issuer, output, stop }, wrong, untrusted] = await Promise.all([start(t, env('hunter2')), failed(env('hunter3')), failed(env('hunter2', false))])
  t.equal((await whoami(url, issuer.token())).status, 200)
  t.notMatch(output(), 'Redis')
  t.equal(await stop(), 0)
  const sentence = (cause: string): string => `Cannot start: REDIS_URL: Redis at localhost:${port} cannot be used: ${cause}. Mend it, or set REDIS_REQUIRED=false to start with limits of this process alone.\n`
  t.equal(wrong, sentence('the user name or the password is wrong'))
  t.equal(untrusted, sentence('its certificate signs itself; NODE_EXTRA_CA_CERTS can name it as one to trust'))
})
