import t from 'tap'
import { publicJwk } from '../../dev/signing.ts'
import { build } from '../support/build.ts'
import { ready } from '../support/keys.ts'
import { until } from '../support/wire.ts'

t.test('F11 reports ready once there are keys, and live all the time', async t => {
  const setup = await build(t)
  const { app, issuer } = setup
  let answer = (): void => {}
  issuer.answer = (_request, response) => {
    answer = () => response.end(JSON.stringify({ keys: issuer.keys.map(publicJwk) }))
  }
  t.equal(await ready(setup), 503)
  t.equal((await app.inject('/health/live')).statusCode, 200)
  await until(() => issuer.fetches === 1)
  answer()
  await until(async () => await ready(setup) === 200)
  t.equal((await app.inject('/health/live')).statusCode, 200)
  t.equal(issuer.fetches, 1, 'asking for health asks nothing of the issuer')
})

t.test('answers 405 with Allow to a method that changes something', async t => {
  const { app } = await build(t)
  for (const url of ['/health/live', '/health/ready']) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const) {
      const { statusCode, headers } = await app.inject({ method, url })
      t.equal(statusCode, 405, `${method} ${url}`)
      t.match(headers, { allow: 'GET, HEAD', 'cache-control': 'no-store' })
      t.notOk(headers['www-authenticate'])
    }
    t.strictSame(await app.inject({ method: 'HEAD', url: '/health/live' }).then(({ statusCode, body }) => [statusCode, body]), [200, ''])
  }
})
