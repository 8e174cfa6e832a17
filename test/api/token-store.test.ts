import t from 'tap'
import { ApiError, type Context } from '../../mcp/tool.ts'
import { buildApi, EXCHANGED } from '../support/api.ts'

const get = ({ api }: Context) => api('/orders').then(response => response.text())

t.test('one exchange serves calls at the same time and later ones, until shortly before its token expires', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  await setup.run(({ api }) => Promise.all([api('/a'), api('/b')]), token)
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 1)

  setup.advance(3600 - 31)
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 1)
  setup.advance(2)
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 2)
  t.equal(setup.requests.at(-1)?.headers.authorization, `Bearer ${EXCHANGED}-2`)

  await setup.run(get, setup.issuer.token({ jti: 'another' }))
  t.equal(setup.exchanges.length, 3, 'another token, though of the same user, has an exchange of its own')
})

t.test('a token is not used after the token of its caller has expired, and for a minute if it names no lifetime', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token({ exp: Math.floor(Date.now() / 1000) + 100 })
  await setup.run(get, token)
  setup.advance(68)
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 1)
  setup.advance(5)
  setup.exchange = () => ({ body: { access_token: EXCHANGED, token_type: 'Bearer' } })
  await setup.run(get, token)
  t.equal(setup.exchanges.length, 2)

  const second = setup.issuer.token({ jti: 'b', exp: Math.floor(Date.now() / 1000) + 10_000 })
  await setup.run(get, second)
  setup.advance(31)
  await setup.run(get, second)
  t.equal(setup.exchanges.length, 4)
})

t.test('after a 429 no exchange is tried until the issuer takes one; what is kept still serves', async t => {
  const setup = await buildApi(t)
  const kept = setup.issuer.token({ jti: 'kept' })
  await setup.run(get, kept)
  const waits: ReadonlyArray<readonly [Record<string, string>, number]> = [[{ 'retry-after': '7' }, 7], [{ 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 20) }, 20], [{ 'retry-after': 'soon' }, 5], [{ 'retry-after': '86400' }, 300]]
  const bodies = [{}, '<html>', 'null', '']
  for (const [i, [headers, wait]] of waits.entries()) {
    const before = setup.exchanges.length
    setup.exchange = () => ({ status: 429, headers, body: bodies[i] })
    const { error } = await setup.run(get, setup.issuer.token({ jti: `a${i}` }))
    const { retryAfter = 0 } = error as ApiError
    t.ok(Math.abs(retryAfter - wait) <= 1, `${retryAfter} of ${wait} s`)
    t.match(await setup.run(get, setup.issuer.token({ jti: `b${i}` })), { error: { fault: 'too_many' } })
    t.equal(setup.exchanges.length, before + 1)
    t.match(await setup.run(get, kept), { value: 'ok' })
    setup.advance(wait + 1)
  }
})

t.test('a refusal is repeated for some seconds without asking; an outage is not', async t => {
  const setup = await buildApi(t)
  const token = setup.issuer.token()
  setup.exchange = () => ({ status: 403, body: { error: 'access_denied' } })
  await setup.run(get, token)
  t.match(await setup.run(get, token), { error: { fault: 'not_set_up' } })
  t.equal(setup.exchanges.length, 1)
  setup.advance(6)
  setup.exchange = () => ({ status: 500, body: {} })
  t.match(await setup.run(get, token), { error: { fault: 'unavailable' } })
  t.match(await setup.run(get, token), { error: { fault: 'unavailable' } })
  t.equal(setup.exchanges.length, 3)
})
