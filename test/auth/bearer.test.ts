/* eslint-disable no-template-curly-in-string -- placeholders of shells and templates are sent as they stand */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { build, call, request } from '../support/build.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { checkQuiet, checkRefused, secretsOf, testRows, type Row } from '../support/refusals.ts'
import { ROOT } from '../support/root.ts'
import { exchange, listen, raw } from '../support/wire.ts'

const json = 'content-type: application/json'
const body = JSON.stringify(call('whoami'))
const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** B: credentials that are missing or malformed. */
const rows: readonly Row[] = [
  { name: 'B1 no Authorization: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: () => ({}) },
  { name: 'B2 Basic: a bare challenge', answer: 'CHALLENGE', reason: 'other_scheme', ask: () => authorization('Basic dXNlcjpwYXNzd29yZC1hbmQtbW9yZQ==') },
  { name: 'B2 a scheme that starts like Bearer: a bare challenge', answer: 'CHALLENGE', reason: 'other_scheme', ask: issuer => authorization(`Bearerish ${issuer.token()}`) },
  { name: 'B3 DPoP, which is not on: a bare challenge', answer: 'CHALLENGE', reason: 'other_scheme', ask: issuer => authorization(`DPoP ${issuer.token()}`) },
  { name: 'B4 an empty header: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: () => authorization('') },
  { name: 'B5 a lone Bearer: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: () => authorization('Bearer') },
  { name: 'B5 Bearer and spaces: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: () => authorization('bearer  ') },
  { name: 'B6 a second part in the header: 400', answer: 'INVALID_REQUEST', reason: 'malformed_credentials', ask: issuer => authorization(`Bearer ${issuer.token()} more`) },
  { name: 'B8 two credentials in one header: 400', answer: 'INVALID_REQUEST', reason: 'malformed_credentials', ask: issuer => authorization(`Bearer ${issuer.token()}, Bearer ${issuer.token()}`) },
  { name: 'B8 a comma right after the scheme: 400', answer: 'INVALID_REQUEST', reason: 'malformed_credentials', ask: () => authorization('Bearer,a') },
  { name: 'B9 header and query: 400', answer: 'INVALID_REQUEST', reason: 'duplicate_credentials', ask: issuer => ({ token: issuer.token(), ...query(issuer.token()) }) },
  { name: 'B9 header and a query in disguise: 400', answer: 'INVALID_REQUEST', reason: 'duplicate_credentials', ask: issuer => ({ token: issuer.token(), url: `/mcp?a=1&acc%65ss_token=${issuer.token()}` }) },
  { name: 'B10 a good token in the query only: a bare challenge', answer: 'CHALLENGE', reason: 'token_in_query', ask: issuer => query(issuer.token()) },
  { name: 'B11 a good token in a form: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: issuer => ({ headers: form, payload: `access_token=${issuer.token()}`, secrets: [issuer.token()] }) },
  { name: 'B12 bearer in lower case: whoami answers', answer: 200, ask: issuer => authorization(`bearer ${issuer.token()}`) },
  { name: 'B12 BEARER in upper case: whoami answers', answer: 200, ask: issuer => authorization(`BEARER ${issuer.token()}`) },
  { name: 'B13 several spaces before the token: whoami answers', answer: 200, ask: issuer => authorization(`Bearer    ${issuer.token()}`) },
  { name: 'B13 a tab before the token: 400', answer: 'INVALID_REQUEST', reason: 'malformed_credentials', ask: issuer => authorization(`Bearer\t${issuer.token()}`) },
  ...['undefined', 'null', '6553da60a54af58e29490000', '[object Object]'.replace(' ', '')].map(token => (
    { name: `B14 the opaque token ${token}: not valid`, answer: 'INVALID_TOKEN', reason: 'opaque_token', log: { hint: /^[0-9]/.test(token) ? /audience or resource/ : /placeholder, not a token/ }, ask: () => token } as const
  )),
  ...['${TOKEN}', '${env:TOKEN}', '$TOKEN', '{{token}}', '{token}', '<token>', '<YOUR_ACCESS_TOKEN>', '%TOKEN%', '[token]', '"undefined"', 'None', 'NaN', 'your-token-here', 'YOUR_TOKEN', 'ACCESS_TOKEN', 'token', 'xxx', '***', '…'].map(token => (
    { name: `F-H1 the placeholder ${token}: not valid, and the hint says so`, answer: 'INVALID_TOKEN', reason: 'opaque_token', log: { hint: /placeholder, not a token/ }, ask: () => token } as const
  )),
  ...['${process.env.TOKEN}', '${{secrets.TOKEN}}', '{{auth.token}}', '<a.b.c>', '...'].map(token => (
    { name: `F-H1 the placeholder ${token}: malformed, and the hint says so`, answer: 'INVALID_TOKEN', reason: 'malformed', log: { hint: /placeholder, not a token/ }, ask: () => token } as const
  )),
  ...['{{ token }}', '<your token>', '$(cat token)', '${ TOKEN }', '"<your token>"'].map(token => (
    { name: `F-H1 the placeholder ${token}: 400, and the hint says so`, answer: 'INVALID_REQUEST', reason: 'malformed_credentials', log: { hint: /placeholder, not a token/ }, ask: () => authorization(`Bearer ${token}`) } as const
  )),
  { name: 'two parts that are no placeholder: the hint says what to send', answer: 'INVALID_REQUEST', reason: 'malformed_credentials', log: { hint: /more than one part/ }, ask: () => authorization('Bearer abc def') },
  ...['é', '%00', '"quoted"', 'back\\slash', '\u00a0', 'a\u0085b'].map(token => (
    { name: `B15 illegal characters ${JSON.stringify(token)}: not valid`, answer: 'INVALID_TOKEN', reason: 'opaque_token', ask: () => token } as const
  )),
  { name: 'B15 illegal characters in every segment: not valid', answer: 'INVALID_TOKEN', reason: 'malformed', ask: () => 'é.".%00' },
  { name: 'B16 a token beyond 16 KiB: not valid, unread', answer: 'INVALID_TOKEN', reason: 'token_too_long', log: { expected: 16384 }, ask: issuer => issuer.token({ padding: 'x'.repeat(13_000) }) },
  { name: 'B17 a good token in a cookie: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: issuer => elsewhere('cookie', `token=${issuer.token()}; access_token=${issuer.token()}`) },
  { name: 'B17 a good token in X-Access-Token: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: issuer => elsewhere('x-access-token', issuer.token()) },
  { name: 'B17 a good token in Proxy-Authorization: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: issuer => elsewhere('proxy-authorization', `Bearer ${issuer.token()}`) },
  { name: 'B17 a good token in _meta: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: issuer => ({ payload: request('tools/call', { name: 'whoami', _meta: { access_token: issuer.token() } }), secrets: [issuer.token()] }) },
  { name: 'B18 a notification without a token: a bare challenge, not 202', answer: 'CHALLENGE', reason: 'no_credentials', ask: () => ({ payload: { jsonrpc: '2.0', method: 'notifications/initialized' } }) },
  { name: 'B19 a session id in place of a token: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: () => ({ headers: { 'mcp-session-id': '5f0c6d0e-2b2c-4f52-8a55-3f1d1c2e9b7a' } }) },
  { name: 'I7 bad JSON without a token: a bare challenge', answer: 'CHALLENGE', reason: 'no_credentials', ask: () => ({ payload: '{"jsonrpc"' }) },
  { name: 'J3 a query with every spelling of a secret: none in the log', answer: 'CHALLENGE', reason: 'no_credentials', ask: () => ({ url: '/mcp?token=a-secret-of-the-query&code=another-secret-of-it', payload: call('whoami'), secrets: ['a-secret-of-the-query', 'another-secret-of-it'] }) }
]

testRows(t, rows)

t.test('B7 B13 B15 reads credentials from a real socket', async t => {
  const setup = await build(t)
  const port = await listen(setup.app)
  const good = setup.issuer.token()
  const other = setup.issuer.token({ sub: 'other' })
  const wire = [
    ['B7 two Authorization headers: 400', 'INVALID_REQUEST', 'duplicate_credentials', [`authorization: Bearer ${good}`, `authorization: Bearer ${other}`]],
    ['B7 the same header twice, in other cases: 400', 'INVALID_REQUEST', 'duplicate_credentials', [`Authorization: Bearer ${good}`, `AUTHORIZATION: Bearer ${good}`]],
    ['B7 an empty header beside a good one: 400', 'INVALID_REQUEST', 'duplicate_credentials', ['authorization:', `authorization: Bearer ${good}`]],
    ['B7 Basic beside Bearer: 400', 'INVALID_REQUEST', 'duplicate_credentials', ['authorization: Basic YTpi', `authorization: Bearer ${good}`]],
    ['B13 a tab between scheme and token: 400', 'INVALID_REQUEST', 'malformed_credentials', [`authorization: Bearer\t${good}`]],
    ['B5 Bearer and a space: a bare challenge', 'CHALLENGE', 'no_credentials', ['authorization: Bearer ']],
    ['B15 bytes beyond ASCII: not valid', 'INVALID_TOKEN', 'opaque_token', ['authorization: Bearer \xe9\xff\xa0']]
  ] as const

  for (const [name, answer, reason, lines] of wire) {
    await t.test(name, async t => {
      const [response] = await exchange(port, raw([json, ...lines], body))
      if (response === undefined) return t.fail('no answer')
      checkRefused(t, response, answer)
      t.match(setup.logs.at(-1), { reason })
    })
  }
  await t.test('B13 accepts spaces between scheme and token, and after the token', async t => {
    const [response] = await exchange(port, raw([json, `authorization: Bearer   ${good}  `], body))
    t.equal(response?.statusCode, 200)
  })
  await t.test('B16 answers 431 without a challenge if the headers exceed what Node reads', async t => {
    const [response] = await exchange(port, raw([json, `authorization: Bearer ${'a'.repeat(17_000)}`], body))
    t.match(response, { statusCode: 431, headers: { connection: 'close', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
    t.strictSame(JSON.parse(response?.body ?? ''), { error: 'invalid_request', error_description: 'Request Header Fields Too Large' })
  })
  checkQuiet(t, setup.logs, [...secretsOf(good), ...secretsOf(other)])
})

t.test('E17 checks the token of each request on a connection separately', async t => {
  const setup = await build(t)
  const port = await listen(setup.app)
  const one = setup.issuer.token({ sub: 'auth0|one' })
  const two = setup.issuer.token({ sub: 'auth0|two' })
  const none = setup.issuer.token({ scope: '' })
  const heads = [one, undefined, two, 'bad', one, none, two].map(token => raw([json, ...(token ? [`authorization: Bearer ${token}`] : [])], body))
  const answers = await exchange(port, heads.join(''), heads.length)

  t.same(answers.map(({ statusCode }) => statusCode), [200, 401, 200, 401, 200, 403, 200], 'I11 pipelined, and each has its own result')
  t.same(answers.map(({ body }) => JSON.parse(body).result?.structuredContent.subject), ['auth0|one', undefined, 'auth0|two', undefined, 'auth0|one', undefined, 'auth0|two'])
})

t.test('D27 accepts a token with 90 kB of claims if --max-http-header-size is raised, and whoami does not return them', async t => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-http-header-size=262144', ...TYPESCRIPT, join(ROOT, 'test/support/large-token.ts')])
  const { status, length, body } = JSON.parse(stdout)
  t.equal(status, 200)
  t.ok(length > 120_000, `a token of ${length} characters`)
  t.notMatch(body, /filling/)
  t.ok(body.length < 2000)
})

function authorization (value: string) {
  return { headers: { authorization: value } }
}

function query (token: string) {
  return { url: `/mcp?access_token=${token}`, secrets: [token, ...token.split('.')] }
}

function elsewhere (header: string, value: string) {
  return { headers: { [header]: value }, secrets: value.split(/[ ;.=]/) }
}
