import { gzipSync } from 'node:zlib'
import t from 'tap'
import { build, call, request } from '../support/build.ts'

const { issuer, app, post } = await build(t)
const token = issuer.token()

t.test('answers 400 and -32700 with the id null to a body that is not JSON', async t => {
  for (const body of ['', '{', 'null,', '{"jsonrpc":"2.0","id":1,"method":"ping"', '\u0000', '{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{}}']) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400, JSON.stringify(body))
    t.match(response.json(), { jsonrpc: '2.0', id: null, error: { code: -32700 } }, JSON.stringify(body))
  }
})

t.test('leaves out an id that cannot be read in the revisions whose schema has no null', async t => {
  for (const version of ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26']) {
    for (const body of ['{', '{}', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}']) {
      const { id } = (await post(body, token, { 'mcp-protocol-version': version })).json()
      t.equal(id, version > '2025-11' ? undefined : null, `${version} ${body}`)
    }
    t.equal((await post('{"jsonrpc":"2.0","id":1}', token, { 'mcp-protocol-version': version })).json().id, 1, 'an id that was read')
  }
})

t.test('answers 400 and -32600 to a missing body and to one nested thousands of levels deep', async t => {
  const headers = { host: 'localhost:3000', authorization: `Bearer ${token}` }
  const none = await app.inject({ method: 'POST', url: '/mcp', headers })
  t.equal(none.statusCode, 400)
  t.match(none.json(), { id: null, error: { code: -32600 } })
  const deep = await post(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a\\"]":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`, token)
  t.equal(deep.statusCode, 400)
  t.match(deep.json(), { id: null, error: { code: -32600, message: 'The body is nested deeper than 64 levels' } })
  t.equal((await post(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"${'['.repeat(100)}`, token)).json().error.code, -32700)
})

t.test('answers 400 to a body that is not in UTF-8, and takes every character that is', async t => {
  const headers = { host: 'localhost:3000', 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const ask = (id: Buffer) => app.inject({ method: 'POST', url: '/mcp', headers, payload: Buffer.concat([Buffer.from('{"jsonrpc":"2.0","method":"ping","id":"'), id, Buffer.from('"}')]) })
  for (const text of ['München', '\uFFFD', '漢字 🙂', '\u0800\u{10FFFF}', '']) t.match(await ask(Buffer.from(text)), { statusCode: 200 }, text)
  t.equal((await ask(Buffer.from('M\uFFFDnchen'))).json().id, 'M\uFFFDnchen')
  // Latin-1, the first half of an emoji, an overlong "/", a surrogate, UTF-16
  for (const bytes of [Buffer.from('München', 'latin1'), Buffer.from('🙂').subarray(0, 2), Buffer.from([0xc0, 0xaf]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xff, 0xfe]), Buffer.from('\uFFFD\xFF', 'latin1')]) {
    const response = await ask(bytes)
    t.equal(response.statusCode, 400, bytes.toString('hex'))
    t.strictSame(response.json(), { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'The body is not in UTF-8' } })
  }
})

t.test('answers 415 to a body with another type than JSON, or with none', async t => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json', 'multipart/form-data; boundary=x']) {
    const response = await post(request('ping'), token, { 'content-type': type })
    t.equal(response.statusCode, 415, type)
    t.match(response.json(), { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Send application/json' } })
  }
  for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON']) t.equal((await post(request('ping'), token, { 'content-type': type })).statusCode, 200, type)
})

t.test('answers 413 to a body of more than a mebibyte', async t => {
  const response = await post(call('whoami', { filling: 'x'.repeat(1024 * 1024) }), token)
  t.equal(response.statusCode, 413)
  t.match(response.json(), { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'The body is larger than 1048576 bytes (BODY_LIMIT)' } })
})

t.test('F-R4 refuses a body with a Content-Encoding before it is read', async t => {
  const payload = JSON.stringify(call('whoami'))
  const ask = (encoding: string, body: string | Buffer, authorization = `Bearer ${token}`) => app.inject({ method: 'POST', url: '/mcp', headers: { host: 'localhost:3000', 'content-type': 'application/json', 'content-encoding': encoding, authorization }, payload: body })
  for (const [encoding, body] of [['gzip', gzipSync(payload)], ['GZIP', payload], ['identity, br', payload], ['deflate', '{'], ['zstd', ''], ['x-unknown', payload]] as const) {
    const response = await ask(encoding, body)
    t.match(response, { statusCode: 415, headers: { 'accept-encoding': 'identity' } }, encoding)
    t.match(response.json(), { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Send the body without Content-Encoding' } })
  }
  for (const encoding of ['identity', 'Identity ', '']) t.equal((await ask(encoding, payload)).statusCode, 200, encoding)
  t.equal((await ask('gzip', gzipSync(payload), 'Bearer bad')).statusCode, 401, 'the token comes first')
  t.match(await ask('gzip', 'x'.repeat(100_000)), { statusCode: 415, headers: { connection: 'close' } }, 'a long body is not waited for')
})

t.test('F-R6 names the limit that a message exceeds, and BODY_LIMIT sets the one on the body', async t => {
  const batch = Array(21).fill(request('ping'))
  t.match((await post(batch, token)).json(), { error: { code: -32600, message: 'A batch has 1 to 20 messages, this one has 21' } })
  t.match((await post([], token)).json(), { error: { code: -32600, message: 'A batch has 1 to 20 messages, this one has 0' } })
  t.match((await post([1], token)).json(), { error: { code: -32600, message: 'The body is not a JSON-RPC 2.0 message' } })
  for (const id of ['x'.repeat(1025), 1.5, 1e20, null, {}]) {
    t.strictSame((await post({ ...request('ping'), id }, token)).json(), { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'The id is neither a whole number nor a string of up to 1024 characters' } })
  }

  const nested = (levels: number): string => `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}}`
  t.equal((await post(nested(64), token)).statusCode, 200)
  t.match((await post(nested(65), token)).json(), { error: { code: -32600, message: 'The body is nested deeper than 64 levels' } })

  const small = await build(t, { env: { BODY_LIMIT: '200' } })
  const large = await small.post(request('ping', { filling: 'x'.repeat(200) }), small.issuer.token())
  t.equal(large.statusCode, 413)
  t.match(large.json(), { error: { message: 'The body is larger than 200 bytes (BODY_LIMIT)' } })
  t.equal((await small.post(request('ping'), small.issuer.token())).statusCode, 200)
  const big = await build(t, { env: { BODY_LIMIT: '2097152' } })
  t.equal((await big.post(request('ping', { filling: 'x'.repeat(1024 * 1024) }), big.issuer.token())).statusCode, 200)
})
