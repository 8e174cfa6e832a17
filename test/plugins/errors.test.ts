import t from 'tap'
import { build } from '../support/build.ts'
import { send } from '../support/keys.ts'
import { checkRefused } from '../support/refusals.ts'

t.test('writes an internal error to the log, and does not show it to the caller', async t => {
  const { app, logs } = await build(t)
  app.get('/broken', { config: { public: true } }, async () => { throw new Error('inside information') })
  app.get('/teapot', { config: { public: true } }, async () => { throw Object.assign(new Error('inside information'), { statusCode: 418 }) })
  app.get('/odd', { config: { public: true } }, async () => { throw Object.assign(new Error('inside information'), { statusCode: 499 }) })
  const rows = [['/broken', 500, 'server_error'], ['/teapot', 418, 'invalid_request'], ['/odd', 499, 'invalid_request']] as const
  for (const [url, status, error] of rows) {
    const { statusCode, body, headers } = await app.inject(url)
    t.equal(statusCode, status)
    t.match(JSON.parse(body), { error })
    t.notMatch(body, /inside information/)
    t.match(logs.at(-1), { reqId: headers['x-request-id'], status })
  }
  t.match(logs.find(({ msg }) => msg === 'unexpected error'), { err: { message: 'inside information' } })
})

t.test('sends CORS headers with a 503, so that a page can read it', async t => {
  const setup = await build(t)
  setup.issuer.answer = send(500, '')
  const response = await setup.whoami(setup.issuer.token(), { origin: 'http://localhost:6274' })
  checkRefused(t, response, 'UNAVAILABLE')
  t.match(response.headers, { 'access-control-allow-origin': 'http://localhost:6274', 'access-control-expose-headers': /Retry-After/, vary: 'Origin' })
})
