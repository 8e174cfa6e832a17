import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Issuer } from '../../../dev/issuer.ts'
import { publicJwk, signJwt } from '../../../dev/signing.ts'
import { judge } from '../differential/policy.ts'
import { AUDIENCE, build, call, modern, request } from '../../support/build.ts'
import { until } from '../../support/wire.ts'
import { must, mustBeRpc, mustBeSound } from './answers.ts'
import { mutationNames, mutations } from './mutations.ts'
import { speak } from './socket.ts'

const RUNS = Number(process.env['RUNS'] ?? 400)
const CLAIMS = ['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'azp', 'client_id', 'scope', 'permissions', 'act', 'cnf', 'nonce', 'gty', 'sub_profile', 'org_id', 'org_name', 'jti', '__proto__', 'constructor', 'toString']
const HEADER = ['alg', 'typ', 'kid', 'crit', 'b64', 'zip', 'cty', 'jku', 'jwk', 'x5u', 'x5c', '__proto__', 'constructor']

const base64url = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map(array => Buffer.from(array).toString('latin1'))
const visible = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).filter(code => code !== 0x2c).map(code => String.fromCharCode(code)), minLength: 1, maxLength: 1 })
/** An object with some of these names and values of any kind. */
const members = (names: string[]) => fc.dictionary(fc.constantFrom(...names), fc.jsonValue(), { maxKeys: 4 })

t.test('answers any Authorization header, and lets nobody in', async t => {
  const { app } = await build(t)
  const scheme = fc.constantFrom('', 'Bearer ', 'bearer ', 'Bearer\t', 'Bearer  ', 'Bearer,', 'Basic ', 'DPoP ')
  await check(t, fc.tuple(scheme, fc.oneof(bytes(200), fc.string({ unit: 'binary', maxLength: 200 }), fc.base64String(), fc.json())), async ([scheme, value]) => {
    const response = await app.inject({ method: 'POST', url: '/mcp', headers: { host: 'localhost:3000', authorization: scheme + value }, payload: '{}' })
    mustBeSound(response)
    must([400, 401].includes(response.statusCode), response.body)
  })
})

t.test('answers any bytes on a socket', async t => {
  const { app } = await build(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.addresses()[0] as { port: number }
  await check(t, fc.array(fc.tuple(fc.constantFrom('Authorization: Bearer ', 'Authorization: ', 'Mcp-Method: ', 'X: ', ''), bytes(100)), { maxLength: 3 }), async headers => {
    const lines = ['POST /mcp HTTP/1.1', `Host: localhost:${port}`, 'Connection: close', 'Content-Length: 2', ...headers.map(parts => parts.join(''))]
    const answers = await speak(port, Buffer.from(lines.join('\r\n') + '\r\n\r\n{}', 'latin1'))
    must(answers.length > 0, 'no answer')
    for (const answer of answers) {
      mustBeSound(answer)
      must(answer.statusCode >= 400, answer.body)
    }
  }, RUNS / 4)
})

t.test('answers any path and method with the usual headers', async t => {
  const { app } = await build(t)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.addresses()[0] as { port: number }
  // /health/ready is 503 until the keys are there.
  await until(async () => (await app.inject('/health/ready')).statusCode === 200)
  const target = fc.oneof(fc.constantFrom('/mcp', '/mcp/', '/mcp?', '/health/ready', '/', '*', '//', '/%', '/%00', '/mcp;x', 'http://evil.test/mcp'), fc.array(visible, { maxLength: 30 }).map(chars => `/${chars.join('')}`))
  const method = fc.constantFrom('GET', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'get', 'NONE')
  const header = fc.tuple(fc.constantFrom('Access-Control-Request-Headers', 'Access-Control-Request-Method', 'Origin', 'X-Forwarded-Host'), fc.oneof(bytes(40), fc.constant('http://localhost:1')))
  await check(t, fc.tuple(method, target, fc.array(header, { maxLength: 3 })), async ([method, target, headers]) => {
    const lines = [`${method} ${target} HTTP/1.1`, `Host: localhost:${port}`, 'Connection: close', ...headers.map(parts => parts.join(': '))]
    for (const { statusCode, headers } of await speak(port, Buffer.from(lines.join('\r\n') + '\r\n\r\n', 'latin1'))) {
      const description = `${statusCode} ${JSON.stringify(headers)} for ${method} ${target}`
      must(statusCode >= 200 && statusCode < 500 && headers['x-content-type-options'] === 'nosniff', description)
      must(headers['access-control-allow-origin'] !== 'https://evil.test', description)
    }
  }, RUNS / 2)
})

t.test('lets nobody in with arbitrary header and claims without a signature', async t => {
  const { issuer, whoami } = await build(t)
  const segment = fc.oneof(members(HEADER), members(CLAIMS), fc.jsonValue(), fc.string(), bytes(50)).map(base64url)
  await check(t, fc.tuple(fc.boolean(), segment, segment, fc.oneof(fc.base64String(), segment, fc.constant(''))), async ([known, header, payload, signature]) => {
    const response = await whoami([known ? base64url({ alg: 'RS256', kid: issuer.keys[0]?.kid }) : header, payload, signature].join('.'))
    mustBeSound(response)
    must([400, 401].includes(response.statusCode), response.body)
  })
})

t.test('arbitrary header and claims with a good signature: an independent verifier gives the same verdict', async t => {
  const { issuer, app, whoami } = await build(t)
  const [key] = issuer.keys as [Issuer['keys'][0]]
  const policy = { issuers: new Map([[issuer.url, [publicJwk(key)]]]), audiences: [AUDIENCE], strict: false, tolerance: 5, maxAge: 30 * 86_400, grants: 'any', machines: true } as const
  await app.ready()
  await check(t, fc.tuple(members(HEADER), members(CLAIMS), fc.boolean()), async ([header, claims, bare]) => {
    // Far from every limit of time, since two clocks are read.
    const iat = Math.floor(Date.now() / 1000) - 30
    const token = signJwt({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header }, bare
      ? claims
      : { iss: issuer.url, sub: 'auth0|1', aud: AUDIENCE, iat, exp: iat + 600, azp: 'client', scope: 'tool:whoami', ...claims }, key.privateKey)
    const [response, verdict] = [await whoami(token), await judge(token, policy as never, 'tool:whoami', Date.now())]
    if (response.statusCode !== 400) mustBeSound(response)
    must(response.statusCode === { ok: 200, refused: 401, scope: 403, denied: 403 }[verdict], `${response.statusCode}, expected ${verdict}: ${token}`)
  })
})

t.test('no mutation of a good token lets anybody in', async t => {
  const { issuer, whoami } = await build(t)
  const good = [issuer.token(), issuer.token({ sub: 'auth0|other' }), issuer.token({ aud: [AUDIENCE, `${issuer.url}userinfo`] }, { header: { typ: 'at+jwt' } })]
  // The cache holds these tokens, and must not take a similar one for one of them.
  for (const token of good) t.equal((await whoami(token)).statusCode, 200)
  const token = fc.constantFrom(...good)

  for (const name of mutationNames) {
    await check(t, fc.tuple(token, fc.nat(), fc.boolean(), visible, token), async ([token, n, isAtEnd, char, other]) => {
      const at = isAtEnd ? token.length - 1 - n % 3 : n
      const mutated = mutations[name]?.(token, at, char, other) ?? ''
      fc.pre(!good.includes(mutated))
      const response = await whoami(mutated)
      mustBeSound(response)
      must([400, 401].includes(response.statusCode), `${name}: ${response.statusCode} for ${mutated}`)
    }, RUNS / 4)
  }
  for (const token of good) t.equal((await whoami(token)).statusCode, 200)
})

const ids = fc.constantFrom<unknown>(0, -0, -1, 1.5, 1e21, 1e308, 2 ** 53, -(2 ** 53), '', 'a'.repeat(5000), '\u0000', '\ud800', null, true, [], {}, [1], { id: 1 })
const nested = fc.nat({ max: 3000 }).chain(depth => fc.constantFrom('['.repeat(depth) + ']'.repeat(depth), '{"a":'.repeat(depth) + '1' + '}'.repeat(depth), '['.repeat(depth), `{"jsonrpc":"2.0","id":1,"method":"ping","params":${'{"a":'.repeat(depth)}1${'}'.repeat(depth + 1)}`))
const huge = fc.constantFrom('1e999', '-1e999', '9'.repeat(400), '0.' + '0'.repeat(400) + '1', '"\\ud800"', '{"__proto__":1}', '{"constructor":{"prototype":1}}', '\ufeff{}', '[]', '[[]]', '[1]', '""', 'null')
const RPC = ['jsonrpc', 'id', 'method', 'params', 'result', 'error', 'name', 'arguments', '_meta', 'cursor', 'progressToken', 'requestState', 'inputResponses', 'protocolVersion', '__proto__', 'constructor']
const rpc = fc.letrec(tie => ({
  value: fc.oneof({ depthSize: 'small' }, fc.jsonValue(), ids, fc.constantFrom('2.0', 'initialize', 'ping', 'tools/list', 'tools/call', 'server/discover', 'whoami', 'notifications/initialized', '2026-07-28', '2025-11-25'), tie('object')),
  object: fc.dictionary(fc.constantFrom(...RPC), tie('value'), { maxKeys: 5 })
}))

t.test('answers any body in JSON-RPC', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token()
  const body = fc.oneof(fc.json(), rpc.object.map(o => JSON.stringify(o)), fc.array(rpc.object, { maxLength: 25 }).map(o => JSON.stringify(o)), bytes(200), fc.string({ unit: 'binary' }), nested, huge)
  await check(t, body, async body => {
    const response = await post(body, token)
    mustBeSound(response)
    mustBeRpc(response)
  }, 2 * RUNS)
})

const messages = [
  { message: request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } }), headers: {} },
  { message: call('whoami'), headers: { 'mcp-protocol-version': '2025-06-18' } },
  { message: request('tools/list'), headers: {} },
  { message: [call('whoami'), request('ping', {}, 2)], headers: {} },
  modern('tools/call', { name: 'whoami', arguments: {} }),
  modern('tools/list'),
  modern('server/discover')
]

t.test('answers a damaged message in JSON-RPC', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token()
  const spoiled = fc.tuple(fc.constantFrom(...messages), fc.nat(), fc.oneof(ids, fc.jsonValue(), rpc.object), fc.constantFrom('set', 'add', 'remove', 'text', 'swap'))
  await check(t, spoiled, async ([{ message, headers }, at, value, how]) => {
    const response = await post(spoil(message, at, value, how), token, headers)
    mustBeSound(response)
    mustBeRpc(response)
  }, 2 * RUNS)
})

t.test('answers any headers', async t => {
  const { issuer, post } = await build(t)
  const token = issuer.token()
  const value = fc.oneof(fc.string({ maxLength: 30 }), bytes(30), fc.constantFrom('2026-07-28', '2025-11-25', '2025-03-26', 'tools/call', 'whoami', '*/*', 'text/event-stream', 'application/json', '=?base64?d2hvYW1p?=', '=?base64?!?=', 'null', 'http://localhost:1', 'https://evil.test', '0', '-1', '99999999999'))
  const headers = fc.dictionary(fc.constantFrom('mcp-protocol-version', 'mcp-method', 'mcp-name', 'mcp-session-id', 'accept', 'content-type', 'origin', 'host', 'last-event-id', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'x-http-method-override', 'access-control-request-method', 'cookie', 'dpop', 'content-encoding', 'if-none-match', 'range'), value, { maxKeys: 4 })
  await check(t, fc.tuple(fc.constantFrom(...messages), headers), async ([{ message, headers: own }, headers]) => {
    mustBeSound(await post(message, token, { ...own, ...headers }))
  })
  for (const { message, headers } of messages) {
    const response = await post(message, token, { ...headers, accept: 'text/event-stream' })
    mustBeSound(response)
    mustBeRpc(response)
  }
})

/** JSON text of a message with one thing wrong in it. */
function spoil (message: object, at: number, value: unknown, how: string): string {
  const text = JSON.stringify(message)
  if (how === 'text') return text.slice(0, at % text.length) + (JSON.stringify(value) ?? '').slice(0, 3) + text.slice(at % text.length + 1)
  if (how === 'swap') return text.slice(at % text.length) + text.slice(0, at % text.length)
  let count = 0
  return JSON.stringify(message, (_key, member) => {
    if (count++ !== 1 + at % 12) return member
    if (how === 'remove') return undefined
    return how === 'add' && typeof member === 'object' ? { ...member, [RPC[at % RPC.length] as string]: value } : value
  }) ?? ''
}

async function check<T> (t: Test, values: fc.Arbitrary<T>, holds: (value: T) => Promise<void>, runs = RUNS): Promise<void> {
  const numRuns = Math.ceil(runs)
  await fc.assert(fc.asyncProperty(values, holds), { numRuns })
  t.pass(`${numRuns} cases`)
}
