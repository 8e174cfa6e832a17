import { gzipSync } from 'node:zlib'
import t from 'tap'
import { accepts } from '../../http/accept.ts'
import { build, call, modern, request } from '../support/build.ts'
import { checkRefused } from '../support/refusals.ts'

const { issuer, app, post } = await build(t)
const token = issuer.token()

t.test('answers 405 with Allow and no challenge to any method but POST', async t => {
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const) {
    for (const authorization of [undefined, `Bearer ${token}`]) {
      const response = await app.inject({ method, url: '/mcp', headers: { host: 'localhost:3000', accept: 'text/event-stream', ...(authorization && { authorization }) } })
      t.equal(response.statusCode, 405, method)
      t.equal(response.headers.allow, 'POST, OPTIONS')
      t.notOk(response.headers['www-authenticate'])
    }
  }
})

t.test('serves the path with a final slash without a redirect', async t => {
  const response = await app.inject({ method: 'POST', url: '/mcp/', headers: { host: 'localhost:3000', authorization: `Bearer ${token}` }, payload: request('ping') })
  t.equal(response.statusCode, 200)
  t.equal((await app.inject({ method: 'GET', url: '/mcp/', headers: { host: 'localhost:3000' } })).statusCode, 405)
})

t.test('answers 400 and -32700 with the id null to a body that is not JSON', async t => {
  for (const body of ['', '{', 'null,', '{"jsonrpc":"2.0","id":1,"method":"ping"', '\u0000', '{"jsonrpc":"2.0","id":1,"method":"ping","__proto__":{}}']) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400, JSON.stringify(body))
    t.match(response.json(), { jsonrpc: '2.0', id: null, error: { code: -32700 } }, JSON.stringify(body))
  }
})

t.test('answers 400 and -32600 to JSON that is not a message, with its id if it has one', async t => {
  const rows: ReadonlyArray<[body: unknown, id: unknown]> = [
    ['null', null],
    ['1', null],
    ['"ping"', null],
    [{}, null],
    [{ id: 1, method: 'ping' }, 1],
    [{ jsonrpc: '1.0', id: 2, method: 'ping' }, 2],
    [{ jsonrpc: '2.0', id: 'a' }, 'a'],
    [{ jsonrpc: '2.0', id: null, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: true, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: 1.5, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: 2 ** 53, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: {}, method: 'ping' }, null],
    [{ jsonrpc: '2.0', id: 3, method: 1 }, 3],
    [{ jsonrpc: '2.0', id: 4, method: 'ping', params: [] }, 4],
    [{ jsonrpc: '2.0', id: 5, method: 'ping', params: 1 }, 5],
    [{ jsonrpc: '2.0', result: {} }, null],
    [{ jsonrpc: '2.0', id: 6, result: 1 }, 6],
    [{ jsonrpc: '2.0', id: 7, method: 'ping', result: {} }, 7],
    [{ jsonrpc: '2.0', id: 8, result: {}, error: {} }, 8]
  ]
  for (const [body, id] of rows) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400, JSON.stringify(body))
    t.match(response.json(), { jsonrpc: '2.0', id, error: { code: -32600 } }, JSON.stringify(body))
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
  t.equal((await post('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":"[[[[', token)).json().error.code, -32700)
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

t.test('answers 406 to a client that does not accept JSON', async t => {
  for (const accept of ['text/html', 'application/json;q=0, text/event-stream;q=0', 'application/json;q=0, application/*', 'application/jsonp']) {
    const response = await post(request('ping'), token, { accept })
    t.equal(response.statusCode, 406, accept)
    t.match(response.json(), { jsonrpc: '2.0', id: 1, error: { code: -32600, message: /^Not acceptable/ } })
  }
  for (const accept of ['*/*', 'application/json', 'Application/*;q=0.5', 'text/html, application/json;q=0.001', 'text/event-stream, */*;q=0.1']) {
    t.equal((await post(request('ping'), token, { accept })).statusCode, 200, accept)
  }
  const silent = await app.inject({ method: 'POST', url: '/mcp', headers: { host: 'localhost:3000', authorization: `Bearer ${token}` }, payload: request('ping') })
  t.equal(silent.statusCode, 200, 'saying nothing is taking anything')
})

t.test('applies the most specific range of Accept', async t => {
  t.notOk(accepts('application/json', 'text/event-stream'))
  t.notOk(accepts('*/*, text/event-stream;q=0.0', 'text/event-stream'))
  t.ok(accepts('text/*;q=0, text/event-stream', 'text/event-stream'))
  t.notOk(accepts('*/*;q=0', 'application/json'))
})

t.test('answers 401 before any fault of the body', async t => {
  const bodies: ReadonlyArray<[body: unknown, headers: Record<string, string>]> = [
    ['{', {}],
    [{}, {}],
    [request('ping'), { 'content-type': 'text/plain' }],
    [request('ping'), { accept: 'text/html' }],
    [request('ping'), { 'mcp-protocol-version': 'v999' }],
    [call('whoami', { filling: 'x'.repeat(1024 * 1024) }), {}],
    [{ jsonrpc: '2.0', method: 'notifications/initialized' }, {}],
    [modern('no/such').message, modern('no/such').headers]
  ]
  for (const [body, headers] of bodies) {
    const response = await post(body, undefined, headers)
    t.equal(response.statusCode, 401)
    t.match(response.headers['www-authenticate'], /^Bearer resource_metadata=/)
    t.strictSame(response.json(), { error_description: 'Authentication required' }, 'in the words of OAuth')
  }
})

t.test('answers 403 without a challenge to a foreign Origin and to a foreign Host', async t => {
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { host: 'evil.example' }, { host: 'evil.example', origin: 'http://localhost:3000' }]) {
    const response = await post(request('ping'), token, headers as Record<string, string>)
    t.equal(response.statusCode, 403, JSON.stringify(headers))
    t.notOk(response.headers['www-authenticate'])
  }
  t.equal((await post(request('ping'), token, { origin: 'http://localhost:3000' })).statusCode, 200)
})

t.test('I5 answers 405 without a challenge to GET and DELETE without a token', async t => {
  const { app } = await build(t)
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'] as const) {
    for (const url of ['/mcp', '/mcp/']) {
      const { statusCode, headers } = await app.inject({ method, url, headers: { host: 'localhost:3000' } })
      t.equal(statusCode, 405)
      t.equal(headers['allow'], 'POST, OPTIONS')
      t.equal(headers['www-authenticate'], undefined)
    }
  }
})

t.test('I6 serves /mcp/ like /mcp, without a redirect', async t => {
  const { issuer, post } = await build(t)
  t.equal((await post(call('whoami'), issuer.token(), {}, '/mcp/')).statusCode, 200)
  checkRefused(t, await post(call('whoami'), undefined, {}, '/mcp/'), 'CH')
})

t.test('I7 I8 I10 checks the token before type, size and form of the body', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token()
  checkRefused(t, await post('{', 'bad'), 'IT')
  checkRefused(t, await post('x', undefined, { 'content-type': 'text/plain' }), 'CH')
  for (const body of ['{', '[1', 'null x', '{"__proto__":{"a":1}}', '{"params":{"constructor":{"prototype":{}}}}', '['.repeat(100) + ']'.repeat(100)]) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400, body)
    t.match(response.json(), { jsonrpc: '2.0', id: null, error: { code: body.startsWith('[[') ? -32600 : -32700 } })
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'multipart/form-data; boundary=x']) {
    t.equal((await post(call('whoami'), token, { 'content-type': type })).statusCode, 415, type)
  }
})

t.test('F-R3 answers with a stream if a client accepts nothing else, and treats an empty Accept as absent', async t => {
  for (const accept of ['text/event-stream', 'Text/Event-Stream;q=0.5', 'application/json;q=0, */*', 'text/*']) {
    const response = await post(call('whoami'), token, { accept })
    t.match(response, { statusCode: 200, headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } }, accept)
    t.match(response.body, /^event: message\ndata: \{"jsonrpc":"2\.0","id":1,"result":\{.*\}\n\n$/)
    const fault = await post(request('nothing'), token, { accept })
    t.match(JSON.parse(fault.headers['content-type'] === 'text/event-stream' ? fault.body.slice('event: message\ndata: '.length) : fault.body), { error: { code: -32601 } })
    t.equal((await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, token, { accept })).statusCode, 202)
  }
  for (const accept of ['', ' ', ',', ' , ']) {
    const response = await post(request('ping'), token, { accept })
    t.match(response, { statusCode: 200, headers: { 'content-type': /^application\/json/ } }, JSON.stringify(accept))
  }
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

t.test('F-R5 says which member of a body is not allowed', async t => {
  const rows = [
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{"__proto__":1}}}', 'params.arguments.__proto__'],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","\\u005f_proto__":null}', '__proto__'],
    ['[{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[{"constructor":{"prototype":{}}}]}}]', '0.params.a.0.constructor'],
    ['{"jsonrpc":"2.0","a":{"b":[]},"__proto__":1}', '__proto__'],
    [`{"${'x'.repeat(500)}":{"__proto__":1}}`, `${'x'.repeat(118)}.__proto__`]
  ] as const
  for (const [body, path] of rows) {
    const response = await post(body, token)
    t.equal(response.statusCode, 400)
    t.strictSame(response.json(), { jsonrpc: '2.0', id: null, error: { code: -32700, message: `The member ${path} is not allowed` } })
  }
  t.match((await post('{"__proto__":', token)).json(), { error: { code: -32700, message: 'The body is not JSON' } })
  t.equal((await post(request('ping', { constructor: 'allowed', a: null }), token)).statusCode, 200)
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
