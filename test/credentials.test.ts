import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { build, call, METADATA } from './helper.ts'
import { credentialRows } from './refusals/credentials.ts'
import { checkQuiet, checkRefused, secretsOf, send, testRows } from './refusals/run.ts'
import { exchange, listen, raw } from './wire.ts'

const json = 'content-type: application/json'
const body = JSON.stringify(call('whoami'))

testRows(t, credentialRows)

t.test('B7 B13 B15 credentials as they come over the wire', async t => {
  const setup = await build(t)
  const port = await listen(setup.app)
  const good = setup.issuer.token()
  const other = setup.issuer.token({ sub: 'other' })
  const rows = [
    ['B7 two Authorization headers: 400', 'IR', 'duplicate_credentials', [`authorization: Bearer ${good}`, `authorization: Bearer ${other}`]],
    ['B7 the same header twice, in other cases: 400', 'IR', 'duplicate_credentials', [`Authorization: Bearer ${good}`, `AUTHORIZATION: Bearer ${good}`]],
    ['B7 an empty header beside a good one: 400', 'IR', 'duplicate_credentials', ['authorization:', `authorization: Bearer ${good}`]],
    ['B7 Basic beside Bearer: 400', 'IR', 'duplicate_credentials', ['authorization: Basic YTpi', `authorization: Bearer ${good}`]],
    ['B13 a tab between scheme and token: 400', 'IR', 'malformed_credentials', [`authorization: Bearer\t${good}`]],
    ['B5 Bearer and a space: a bare challenge', 'CH', 'no_credentials', ['authorization: Bearer ']],
    ['B15 bytes beyond ASCII: not valid', 'IT', 'opaque_token', ['authorization: Bearer \xe9\xff\xa0']]
  ] as const

  for (const [name, answer, reason, lines] of rows) {
    await t.test(name, async t => {
      const [response] = await exchange(port, raw([json, ...lines], body))
      if (response === undefined) return t.fail('no answer')
      checkRefused(t, response, answer)
      t.match(setup.logs.at(-1), { reason })
    })
  }
  await t.test('B13 spaces between scheme and token, and after it: whoami answers', async t => {
    const [response] = await exchange(port, raw([json, `authorization: Bearer   ${good}  `], body))
    t.equal(response?.statusCode, 200)
  })
  await t.test('B16 more header than Node reads: 431, without a challenge', async t => {
    const [response] = await exchange(port, raw([json, `authorization: Bearer ${'a'.repeat(17_000)}`], body))
    t.match(response, { statusCode: 431, headers: { connection: 'close', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } })
    t.strictSame(JSON.parse(response?.body ?? ''), { error: 'invalid_request', error_description: 'Request Header Fields Too Large' })
  })
  checkQuiet(t, setup.logs, [...secretsOf(good), ...secretsOf(other)])
})

t.test('E17 a token that changes between requests on one connection: each is judged alone', async t => {
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

t.test('B20 every client finds its way from a challenge', async t => {
  const setup = await build(t)
  for (const ask of [{}, 'opaque', setup.issuer.token({ exp: 2, iat: 1 })]) {
    for (let times = 0; times < 2; times++) {
      const { headers, statusCode } = await send(setup, ask)
      const header = headers['www-authenticate']
      if (typeof header !== 'string') return t.fail('not exactly one challenge')
      t.equal(statusCode, 401)
      t.match(header, /^Bearer /)
      t.equal(header.match(/resource_metadata=/g)?.length, 1)

      const expected = { resource_metadata: METADATA, scope: 'tool:whoami' }
      t.match(byRegex(header), expected, 'as the TypeScript SDK reads it')
      t.match(byToggle(header), expected, 'as VS Code reads it')
      t.match(byGrammar(header), expected, 'as RFC 9110 §11.2 has it')
    }
  }
})

t.test('D27 with a raised --max-http-header-size, 90 kB of claims: whoami answers, without them', async t => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-http-header-size=262144', ...process.execArgv, new URL('refusals/large.ts', import.meta.url).pathname])
  const { status, length, body } = JSON.parse(stdout)
  t.equal(status, 200)
  t.ok(length > 120_000, `a token of ${length} characters`)
  t.notMatch(body, /filling/)
  t.ok(body.length < 2000)
})

function byRegex (header: string): Record<string, string | undefined> {
  const field = (name: string): string | undefined => {
    const [, quoted, plain] = header.match(new RegExp(`${name}=(?:"([^"]+)"|([^\\s,]+))`)) ?? []
    return quoted ?? plain
  }
  return { resource_metadata: field('resource_metadata'), scope: field('scope') }
}

function byToggle (header: string): Record<string, string> {
  const parts = ['']
  let quoted = false
  for (const char of header.slice('Bearer '.length)) {
    if (char === '"') quoted = !quoted
    if (char === ',' && !quoted) parts.push('')
    else parts[parts.length - 1] += char
  }
  return Object.fromEntries(parts.map(part => [part.split('=', 1)[0]?.trim(), part.slice(part.indexOf('=') + 1).trim().replace(/^"|"$/g, '')]))
}

function byGrammar (header: string): Record<string, string> {
  const parameters: Record<string, string> = {}
  const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
  let rest = header.replace(/^Bearer +/, '')
  while (rest !== '') {
    const found = new RegExp(`^(${token})[ \\t]*=[ \\t]*(?:(${token})|"((?:[\\t !#-\\[\\]-~]|\\\\.)*)")[ \\t]*(?:,[ \\t]*|$)`).exec(rest)
    if (found === null) throw new Error(`not auth-param: ${rest}`)
    parameters[found[1] as string] = found[2] ?? found[3] as string
    rest = rest.slice(found[0].length)
  }
  return parameters
}
