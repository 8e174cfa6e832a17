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
