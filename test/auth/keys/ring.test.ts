import t from 'tap'
import { startIssuer } from '../../../dev/issuer.ts'
import { makePair, publicJwk } from '../../../dev/signing.ts'
import { AUDIENCE, build } from '../../support/build.ts'
import { ready, send, status, TTL, warm } from '../../support/keys.ts'
import { checkRow } from '../../support/refusals.ts'
import { key } from '../../support/tokens.ts'
import { listen, until } from '../../support/wire.ts'

t.test('D2 verifies a token with the keys of its own issuer only', async t => {
  const setup = await warm(t)
  const { issuer } = setup
  const second = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] }, { ...makePair(), kid: key(issuer).kid })
  t.teardown(() => second.close())
  const both = await build(t, { env: { AUTH0_DOMAIN: `${issuer.url},${second.url},${issuer.url}` } })

  t.equal(await status(both, issuer.token()), 200)
  t.equal(await status(both, second.token()), 200)
  t.equal((await both.whoami(second.token())).json().result.structuredContent.issuer, second.url)
  await checkRow(t, both, { answer: 'INVALID_TOKEN', reason: 'bad_signature', ask: () => issuer.token({ iss: second.url }) })
  await checkRow(t, both, { answer: 'INVALID_TOKEN', reason: 'bad_signature', ask: () => second.token({ iss: issuer.url }) })
  t.same([issuer.fetches, second.fetches], [2, 1], 'an issuer that is named twice is asked once')
})

t.test('D2 accepts tokens of the other issuers while one issuer is down', async t => {
  const second = await startIssuer({ audience: AUDIENCE, scopes: ['tool:whoami'] }, makePair())
  t.teardown(() => second.close())
  second.answer = send(500, '')
  const first = await warm(t)
  const both = await build(t, { env: { AUTH0_DOMAIN: `${second.url},${first.issuer.url}` } })
  t.equal(await status(both, first.issuer.token()), 200)
  t.equal(await ready(both), 200)
  await checkRow(t, both, { answer: 'UNAVAILABLE', reason: 'keys_unavailable', ask: () => second.token() })
})

t.test('F12 answers a request that waits for keys when the server closes', async t => {
  const setup = await build(t)
  const { app, issuer } = setup
  const port = await listen(app)
  await until(async () => await ready(setup) === 200)
  issuer.answer = (_request, response) => {
    setTimeout(() => response.end(JSON.stringify({ keys: issuer.keys.map(publicJwk) })), 50)
  }
  setup.advance(TTL)
  const answer = fetch(`http://localhost:${port}/mcp`, {
    method: 'POST',
    headers: { authorization: `Bearer ${issuer.token()}`, 'content-type': 'application/json' },
    body: '{"jsonrpc":"2.0","id":1,"method":"ping"}'
  })
  await until(() => issuer.fetches === 2)
  const closed = app.close()
  t.equal((await answer).status, 200)
  await closed
})

t.test('F12 aborts a fetch that no request waits for when the server closes, and logs nothing', async t => {
  const setup = await build(t)
  let closed = false
  setup.issuer.answer = ({ socket }) => { socket.once('close', () => { closed = true }) }
  await setup.app.ready()
  await until(() => setup.issuer.fetches === 1)
  await setup.app.close()
  await until(() => closed)
  t.strictSame(setup.logs, [])
})
