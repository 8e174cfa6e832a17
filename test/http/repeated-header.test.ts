import t from 'tap'
import { MAX_HEADERS } from '../../plugins/header-count.ts'
import { build, request } from '../support/build.ts'
import { checkRefused } from '../support/refusals.ts'
import { exchange, listen, raw } from '../support/wire.ts'

const json = 'content-type: application/json'

t.test('I11 answers valid and invalid requests of one pipeline separately, and refuses repeated headers', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  const good = `authorization: Bearer ${issuer.token()}`
  const ping = JSON.stringify(request('ping'))
  const answers = await exchange(port, raw([json, good], ping) + raw([json], ping) + raw([], '', 'GET /health/live') + raw([json, good], ping) + raw([json, good], '{'), 5)
  t.same(answers.map(({ statusCode }) => statusCode), [200, 401, 200, 200, 400])

  for (const twice of ['host: evil.example', 'content-type: text/plain']) {
    const [answer] = await exchange(port, raw([json, good, twice], ping))
    if (answer === undefined) return t.fail('no answer')
    checkRefused(t, answer, 'REPEATED')
    t.match(logs.at(-1), { reason: 'repeated_header' })
  }
})

t.test('finds a repeated header among as many as a request may have', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  const ping = JSON.stringify(request('ping'))
  // Beside Host and Content-Length.
  const many = Array<string>(MAX_HEADERS - 5).fill('a:')
  const good = `authorization: Bearer ${issuer.token()}`
  const rows = [
    [200, undefined, [json, ...many, good]],
    [400, 'duplicate_credentials', [json, good, ...many, 'authorization: Bearer other']],
    [400, 'repeated_header', [json, good, ...many, 'host: evil.example']],
    [403, 'origin', [json, good, ...many, 'origin: http://evil.example']]
  ] as const
  for (const [status, reason, lines] of rows) {
    const [answer] = await exchange(port, raw(lines, ping))
    t.equal(answer?.statusCode, status)
    t.equal(logs.at(-1)?.['reason'], reason)
  }
})

t.test('refuses a request with more headers, of which Node drops some', async t => {
  const { app, issuer, logs } = await build(t)
  const port = await listen(app)
  const ping = JSON.stringify(request('ping'))
  const good = `authorization: Bearer ${issuer.token()}`
  // Node itself refuses a much larger number, in some of its versions.
  for (const count of [MAX_HEADERS - 3, 2500]) {
    const [answer] = await exchange(port, raw([json, good, ...Array<string>(count).fill('a:')], ping))
    t.match(answer, { statusCode: 431, headers: { connection: 'close', 'cache-control': 'no-store' }, body: /"error":"invalid_request"/ })
    t.match(logs.at(-1), { status: 431, outcome: 'denied', ...(count < 2500 && { path: '/mcp', reason: 'too_many_headers', hint: /256/ }) })
    t.equal(app.server.maxHeadersCount, MAX_HEADERS + 1, 'Node keeps no more of a request that is arriving')
  }
})
