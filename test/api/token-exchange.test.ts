import { generateKeyPairSync } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { jwtVerify } from 'jose'
import t from 'tap'
import { ApiError, type Context } from '../../mcp/tool.ts'
import { buildApi, EXCHANGED } from '../support/api.ts'
import { until } from '../support/wire.ts'

const get = ({ api }: Context) => api('/orders').then(response => response.text())

t.test('the client authenticates with a signed assertion if it has a private key', async t => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const folder = t.testdir({ 'key.pem': String(privateKey.export({ type: 'pkcs1', format: 'pem' })) })
  const setup = await buildApi(t, { env: { OBO_CLIENT_ID: 'obo', OBO_PRIVATE_KEY_FILE: `${folder}/key.pem` } })
  t.match(await setup.run(get), { value: 'ok' })
  const [{ client_assertion: assertion = '', client_assertion_type: type, client_secret: none } = {}] = setup.exchanges
  t.equal(type, 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  t.equal(none, undefined)
  await jwtVerify(assertion, publicKey, { audience: setup.issuer.url, issuer: 'obo', subject: 'obo', algorithms: ['RS256'] })
})

t.test('tells the caller of a fault of the issuer in one sentence', async t => {
  const setup = await buildApi(t)
  const rows: ReadonlyArray<readonly [number, unknown, string, RegExp, Record<string, string>?]> = [
    [403, { error: 'mfa_required', mfa_token: 'x' }, 'step_up', /log in again.*mfa_required/],
    [400, { error: 'invalid_grant' }, 'step_up', /Log in again \(invalid_grant\)/],
    [401, { error: 'invalid_client' }, 'not_set_up', /OBO_CLIENT_ID and OBO_CLIENT_SECRET or OBO_PRIVATE_KEY_FILE \(401 invalid_client\)/],
    [401, {}, 'not_set_up', /credentials/],
    [400, { error: 'invalid_client' }, 'not_set_up', /credentials/],
    [403, { error: 'access_denied', error_description: 'Service not enabled' }, 'not_set_up', /application of OBO_CLIENT_ID may exchange.*grant/],
    [400, { error: 'A "strange" one' }, 'not_set_up', /\(400\)/],
    [400, { error: 7 }, 'not_set_up', /\(400\)/],
    [503, { error: 'temporarily_unavailable' }, 'unavailable', /identity provider cannot be reached or .* \(503 temporarily_unavailable\)\./],
    [302, 'x', 'unavailable', /: status 302 and application\/json, where JSON is expected\./, { location: 'https://elsewhere.example/' }],
    [200, 'no JSON', 'unavailable', /cannot be reached/],
    [204, '', 'unavailable', /: status 204 and application\/json, where JSON is expected\./],
    ...[200, 401, 403, 502].map(status => [status, '<html>', 'unavailable', new RegExp(`: status ${status} and text/html, where JSON is expected\\. A firewall`), { 'content-type': 'text/html; charset=utf-8' }] as const),
    [403, '', 'unavailable', /: status 403 and no content type, /, { 'content-type': '' }],
    [200, { access_token: 'a', token_type: 'DPoP' }, 'unavailable', /cannot be reached/],
    [200, { access_token: 'a b', token_type: 'Bearer' }, 'unavailable', /cannot be reached/],
    [200, { access_token: 'a', token_type: 'Bearer', scope: 'read:other' }, 'not_permitted', /permission read:orders/],
    [429, { error: 'too_many_requests' }, 'too_many', /in 5 s/]
  ]
  for (const [i, [status, body, fault, message, headers]] of rows.entries()) {
    setup.exchange = () => ({ status, body, ...(headers && { headers }) })
    const { error, reply } = await setup.run(get, setup.issuer.token({ jti: String(i) }))
    t.ok(error instanceof ApiError)
    t.match(error, { fault, message }, `${status} ${JSON.stringify(body)}`)
    t.match(reply.result, { isError: true, content: [{ text: message }] })
  }
  t.strictSame(setup.requests, [])
  t.equal(setup.logs.filter(({ fault, level }) => fault !== undefined && level === 40).length, rows.length, 'each is told to the operator')
})

t.test('accepts a token with more scopes than it asked for, and says that the issuer is unavailable', async t => {
  const setup = await buildApi(t)
  setup.exchange = () => ({ body: { access_token: EXCHANGED, token_type: 'bearer', scope: 'a read:orders' } })
  t.match(await setup.run(get), { value: 'ok' })
  const token = setup.issuer.token({ jti: 'x' })
  setup.exchange = () => new Promise(() => {})
  const waiting = setup.run(get, token)
  await until(() => setup.exchanges.length === 2)
  await setup.issuer.close()
  t.match(await waiting, { error: { fault: 'unavailable' } })
})

t.test('reads at most 64 KiB of an answer of the token endpoint, also if it is packed or has no end', async t => {
  const setup = await buildApi(t)
  const answer = JSON.stringify({ access_token: EXCHANGED, token_type: 'Bearer', error: 'invalid_grant' })
  const padded = (length: number): string => answer.padEnd(length)
  const rows: ReadonlyArray<readonly [number, Record<string, string>, string | Buffer, string | undefined]> = [
    [200, {}, padded(64 * 1024), undefined],
    [200, {}, padded(64 * 1024 + 1), 'unavailable'],
    [400, {}, padded(64 * 1024 + 1), 'unavailable'],
    [200, { 'content-encoding': 'gzip' }, gzipSync(padded(1024 * 1024)), 'unavailable']
  ]
  for (const [i, [status, headers, body, fault]] of rows.entries()) {
    setup.issuer.otherwise = (_request, response) => { response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body) }
    t.match(await setup.run(get, setup.issuer.token({ jti: String(i) })), fault === undefined ? { value: 'ok' } : { error: { fault } }, `row ${i}`)
  }

  const ended = new Promise(resolve => {
    setup.issuer.otherwise = (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write(' '.repeat(1024 * 1024))
      response.on('close', resolve)
    }
  })
  t.match(await setup.run(get, setup.issuer.token({ jti: 'x' })), { error: { fault: 'unavailable' } })
  await ended
})
