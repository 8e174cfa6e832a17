import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { examine } from '../../cli/doctor/examine.ts'
import { checkExchangeSetUp } from '../../cli/doctor/token-exchange.ts'
import { loadConfig } from '../../config.ts'
import { EXCHANGE_GRANT } from '../../dev/provider/clients.ts'
import { startIssuer } from '../../dev/issuer.ts'
import { makePair } from '../../dev/signing.ts'
import whoami from '../../tools/whoami.ts'
import { exchangedBy, exchanging, exchangingLogin, ORDERS } from '../support/misconfigure.ts'

t.test('doctor knows an application that may exchange, by its secret, and shows no secret', async t => {
  const checks = await exchanging({})(t)
  t.strictSame(checks.filter(({ ok }) => !ok), [])
  t.match(checks.find(({ id }) => id === 'exchange-client'), { found: 'OBO_CLIENT_ID dev-obo, for orders' })
  t.match(checks.find(({ id }) => id === 'exchange-credentials'), { found: /^known; the probe was refused as it should be \(status 400, invalid_request/ })
  t.match(checks.find(({ id }) => id === 'exchange-drift'), { found: /^not checked, since that needs AUTH0_MGMT_TOKEN/ })
  t.notMatch(JSON.stringify(checks), 'dev-obo-secret')
})

t.test('doctor knows an application by its key', async t => {
  const { privateKey, publicKey } = makePair()
  const file = join(t.testdir(), 'key.pem')
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] }
  const client = { client_id: 'by-key', jwks, token_endpoint_auth_method: 'private_key_jwt', grant_types: [EXCHANGE_GRANT], response_types: [], redirect_uris: [] } as const
  const settings = { OBO_CLIENT_ID: 'by-key', OBO_CLIENT_SECRET: '', OBO_PRIVATE_KEY_FILE: file }
  const tenant = { clients: [client as never] }
  t.match((await exchanging(tenant, settings)(t)).find(({ id }) => id === 'exchange-credentials'), { ok: true })
  t.match((await exchanging({}, settings)(t)).find(({ id }) => id === 'exchange-credentials'), { ok: false, found: /invalid_client/ })
})

t.test('doctor exchanges the token of a user, tries none of a machine, and shows neither token', async t => {
  const checks = await exchanging({}, {}, {})(t)
  t.match(checks.at(-1), { id: 'exchange', ok: true, title: `exchange for ${ORDERS}`, found: 'status 200' })
  t.notMatch(JSON.stringify(checks), /eyJ[\w-]+\.eyJ/)
  for (const [claims, owner] of [[{}, 'a machine'], [{ sub_profile: 'ai_agent' }, 'an autonomous agent']] as const) {
    const machine = await exchanging({}, {}, { sub: 'm@clients', azp: 'm', gty: 'client-credentials', ...claims })(t)
    t.match(machine.at(-1), { id: 'exchange', ok: true, found: `not tried, since this token is one of ${owner}, and has no user` })
  }
  t.equal((await exchanging({}, { OBO_CLIENT_ID: '', OBO_CLIENT_SECRET: '' }, {})(t)).at(-1)?.id, 'token-scopes', 'nothing to try')
})

t.test('doctor --login exchanges the token of the user who logged in, after all other checks', async t => {
  const checks = await exchangingLogin()(t)
  t.strictSame(checks.filter(({ ok }) => !ok), [])
  t.strictSame(checks.slice(-2).map(({ id, found }) => [id, found.split(',')[0]]), [['whoami', 'status 200'], ['exchange', 'status 200']])
  t.notMatch(JSON.stringify(checks), /eyJ[\w-]+\.eyJ|dev-obo-secret/)

  const rows = [
    [exchangingLogin({ exchange: false }), /^status 403, access_denied: .*may not exchange/, /user grant/],
    [exchangingLogin({ apis: [{ identifier: ORDERS, scopes: [] }] }), /^status 200, scope ""$/, /by a role/],
    [exchangingLogin({}, { OBO_CLIENT_SECRET: 'wrong-wrong-wrong-wrong' }), /^status 401, invalid_client/, /npm run tenant -- apply/]
  ] as const
  for (const [made, found, mend] of rows) t.match((await made(t)).at(-1), { id: 'exchange', ok: false, found, mend })
  t.equal((await exchangingLogin({}, { OBO_CLIENT_ID: '', OBO_CLIENT_SECRET: '' })(t)).at(-1)?.id, 'whoami', 'nothing to try')
})

t.test('doctor finds no fault in a tenant with application, grant and permission', async t => {
  const check = (await exchangedBy({ issuer ({ url, headers }, response) { response.writeHead(url === '/oauth/token' ? 401 : 200).end(JSON.stringify(url === '/oauth/token' ? { error: 'invalid_grant' } : { issuer: `http://${headers.host}/`, grant_types_supported: [EXCHANGE_GRANT], code_challenge_methods_supported: ['S256'], response_types_supported: ['code'], registration_endpoint: 'r' })) } }, state => {
    const identifier = state.resourceServers.at(-1)?.['identifier']
    state.resourceServers.push({ id: 'o', identifier: ORDERS, scopes: [{ value: 'read:orders' }], skip_consent_for_verifiable_first_party_clients: true })
    state.clients.push({ client_id: 'dev-obo', name: 'x', app_type: 'resource_server', resource_server_identifier: identifier, token_exchange: { allow_any_profile_of_type: ['on_behalf_of_token_exchange'] } })
    state.clientGrants.push({ id: 'g', client_id: 'dev-obo', audience: ORDERS, subject_type: 'user', scope: ['read:orders'] })
  })(t))
  t.match(check.find(({ id }) => id === 'exchange-drift'), { ok: true, found: 'as the tools need it' })
  t.match(check.find(({ id }) => id === 'exchange-credentials'), { ok: true, found: /its metadata lists the exchange$/ })
})

t.test('doctor names the example where the development issuer is used', async t => {
  const tools = [{ ...whoami, api: { audience: ORDERS, url: ORDERS, scopes: ['a'] as const } }]
  t.match(await checkExchangeSetUp({}, loadConfig({ AUTH0_DOMAIN: 't.eu.auth0.com' }), tools, true), [{ id: 'exchange-client', ok: false, mend: /npm run dev -- --example/ }])
})

t.test('doctor sends a token nowhere unless it is told to', async t => {
  const issuer = await startIssuer({ audience: 'http://localhost:3000/mcp', scopes: ['tool:whoami'] })
  t.teardown(() => issuer.close())
  const asked: unknown[] = []
  issuer.otherwise = (request, response) => {
    asked.push(request.url)
    response.writeHead(404).end()
  }
  const env = { AUTH0_DOMAIN: issuer.url, OBO_CLIENT_ID: 'obo', OBO_CLIENT_SECRET: 'a-secret-of-the-application' }
  const tools = [{ ...whoami, api: { audience: ORDERS, url: ORDERS, scopes: ['a'] as const } }]
  t.equal((await examine(env, { token: issuer.token(), tools })).at(-1)?.id, 'token-scopes')
  t.strictSame(asked, [])
  t.equal((await examine(env, { token: issuer.token(), tools, exchange: true })).at(-1)?.id, 'exchange')
  t.not(asked.length, 0)
})
