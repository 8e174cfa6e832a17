import { request as httpRequest } from 'node:http'
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import t from 'tap'
import { rfc9068, startIssuer } from '../../dev/issuer.ts'
import { createStore } from '../../dev/provider/store.ts'
import { memoryState } from '../../dev/state.ts'
import { call } from '../support/build.ts'
import { createUser, fillIn } from '../e2e/login-user.ts'
import { serve } from '../e2e/login-server.ts'
import { CALLBACK, json, oauth, search, VERIFIER } from '../support/oauth.ts'

// The behaviour of the stand-in for Auth0, tested by OAuth requests.
const { url: resource, app, authority } = await serve(t, {
  env: { SCOPE_CLAIMS: 'all' },
  tenant: {
    clients: [
      { client_id: 'own', redirect_uris: ['http://localhost:6274/oauth/callback'] },
      { client_id: 'own-secret', client_secret: 'secret', token_endpoint_auth_method: 'client_secret_post', redirect_uris: ['http://localhost:6274/oauth/callback'] }
    ]
  }
})
const issuer = authority.url
const keys = createRemoteJWKSet(new URL(`${issuer}.well-known/jwks.json`))
const { register, newClient, authorization, token, login } = oauth(issuer, resource)

const CODE = ['authorization_code', 'refresh_token']

t.test('serves the metadata of an Auth0 tenant at both paths and under either name of the host', async t => {
  const { body } = await json(`${issuer}.well-known/oauth-authorization-server`)
  t.match(body, {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth/token`,
    registration_endpoint: `${issuer}oidc/register`,
    revocation_endpoint: `${issuer}oauth/revoke`,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    code_challenge_methods_supported: ['S256', 'plain'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    scopes_supported: ['openid', 'profile', 'offline_access', 'name'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    dpop_signing_alg_values_supported: ['ES256']
  })
  t.match(issuer, /\/$/)
  t.strictSame((await json(`${issuer}.well-known/openid-configuration`)).body, body)
  t.strictSame((await json(`${issuer.replace('localhost', '127.0.0.1')}.well-known/openid-configuration`)).body, body)
  t.equal((await fetch(issuer)).status, 404)
})

t.test('registers clients as Auth0 does', async t => {
  for (const metadata of [
    { client_name: 'Claude', redirect_uris: ['https://claude.ai/api/mcp/auth_callback'], grant_types: CODE, response_types: ['code'], token_endpoint_auth_method: 'client_secret_post' },
    { client_name: 'Claude Code', redirect_uris: ['http://localhost:54545/callback'], grant_types: CODE, response_types: ['code'], token_endpoint_auth_method: 'none', scope: 'tool:whoami' },
    { client_name: 'Codex', redirect_uris: ['http://127.0.0.1:41231/callback'], grant_types: CODE, response_types: ['code'], token_endpoint_auth_method: 'none' },
    { client_name: 'Cursor', redirect_uris: ['cursor://anysphere.cursor-mcp/oauth/callback'], grant_types: CODE, response_types: ['code'], token_endpoint_auth_method: 'none' },
    { client_name: 'Inspector', redirect_uris: [CALLBACK], grant_types: CODE, response_types: ['code'], token_endpoint_auth_method: 'none', scope: 'openid offline_access tool:whoami' },
    { client_name: 'mcp-remote', redirect_uris: ['http://localhost:3334/oauth/callback'], grant_types: CODE, response_types: ['code'], token_endpoint_auth_method: 'none', software_id: '2e6dc280-f3c3-4e01-99a7-8181dbd1d23d', software_version: '0.1.0' },
    { client_name: 'VS Code', redirect_uris: ['https://vscode.dev/redirect', 'http://127.0.0.1/', 'http://127.0.0.1:33418/', 'http://localhost/'], grant_types: [...CODE, 'urn:ietf:params:oauth:grant-type:device_code'], response_types: ['code'], token_endpoint_auth_method: 'none', application_type: 'native', scope: 'tool:whoami' },
    { redirect_uris: ['https://client.example.com/callback'] }
  ]) {
    const { status, body } = await register(metadata)
    t.equal(status, 201, `${metadata.client_name}: ${JSON.stringify(body)}`)
    t.match(body, { client_id: /^tpc_/, redirect_uris: metadata.redirect_uris, grant_types: CODE })
    t.equal('client_secret' in body, metadata.token_endpoint_auth_method !== 'none')
  }
  for (const metadata of [{}, { redirect_uris: ['http://192.168.0.7/callback'] }, { redirect_uris: ['javascript:alert(1)'] }, { redirect_uris: [CALLBACK], grant_types: 'code' }]) {
    t.equal((await register(metadata)).status, 400, JSON.stringify(metadata))
  }
})

t.test('gives a user with the permission a token like Auth0\'s, and our server accepts it', async t => {
  const { clientId, user, answer } = await login({ scope: 'openid profile email offline_access tool:whoami' })
  t.match(answer.body, { token_type: 'Bearer', expires_in: 3600, refresh_token: String })
  t.notOk('id_token' in answer.body, 'clients of others have no part in OpenID Connect')
  t.strictSame(user.seen, ['Sign in', 'Allow <Tests>?'])

  const { payload, protectedHeader } = await jwtVerify(answer.body.access_token, keys, { issuer, audience: resource })
  t.match(protectedHeader, { alg: 'RS256', typ: 'at+jwt', kid: String })
  t.strictSame(Object.keys(payload).sort(), ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'permissions', 'scope', 'sub'])
  t.match(payload, { aud: resource, sub: /^auth0\|[0-9a-f]{24}$/, client_id: clientId, scope: 'tool:whoami', permissions: ['tool:whoami'] })
  t.equal(await whoami(answer.body.access_token), 200)
  t.match(await json(`${issuer}userinfo`, { headers: { authorization: `Bearer ${answer.body.access_token}` } }), { status: 401, body: { error: 'invalid_token' } })
})

t.test('gives a client of the tenant an ID token as well', async t => {
  const { answer, user } = await login({ clientId: 'own', scope: 'openid profile tool:whoami' })
  const { payload } = await jwtVerify(answer.body.id_token, keys, { issuer, audience: 'own' })
  t.equal(payload.sub, decodeJwt(answer.body.access_token).sub)
  t.match((await user.open(authorization({ client_id: 'own', scope: 'openid tool:whoami', prompt: 'consent' }))).html, 'who you are')
})

t.test('tells a user without the permission, and gives a token that our server refuses with 403', async t => {
  const user = createUser({ email: 'bob@example.com' })
  const { clientId, answer } = await login({ user })
  const payload = decodeJwt(answer.body.access_token)
  t.strictSame([payload['scope'], payload['permissions']], [undefined, []])
  t.equal(await whoami(answer.body.access_token), 403)

  const { html } = await user.open(authorization({ client_id: clientId, prompt: 'consent' }))
  t.match(html, 'not permitted to this user')
})

t.test('gives a nameless client that asks for no scope the permissions of the user and no scope', async t => {
  const { body: { client_id: clientId } } = await register({ redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' })
  const { user, answer } = await login({ clientId, scope: undefined })
  t.equal(user.seen.at(-1), `Allow ${clientId}?`)
  t.match((await user.open(authorization({ client_id: clientId, scope: undefined, prompt: 'consent' }))).html, 'no particular permission')

  const payload = decodeJwt(answer.body.access_token)
  t.strictSame([payload['scope'], payload['permissions']], [undefined, ['tool:whoami']])
})

t.test('prefers audience to resource, and reports an unknown or missing API to the client or on a page', async t => {
  for (const params of [{ resource: undefined, audience: resource }, { resource: 'https://other.example', audience: resource }]) {
    t.equal(decodeJwt((await login(params)).answer.body.access_token).aud, resource)
  }

  const other = authorization({ client_id: 'own', resource: undefined, audience: 'https://other.example' })
  t.match(Object.fromEntries((await createUser().login(other)).searchParams), { error: 'access_denied', error_description: 'Service not found: https://other.example', iss: issuer, state: 'xyz' })

  const clientId = await newClient()
  for (const [params, error, description] of [
    [{ resource: `${resource}/` }, 'access_denied', `Service not found: ${resource}/`],
    [{ resource: undefined }, 'invalid_request', 'The userinfo audience is not allowed for third party clients. Please specify a valid API audience.'],
    [{ screen_hint: 'signup' }, 'invalid_request', 'Unsupported parameter: screen_hint']
  ] as const) {
    t.match(await createUser().open(authorization({ client_id: clientId, ...params })), { status: 400, html: `<code>${error}</code> ${description}` })
  }
})

t.test('encrypts the token of an own client that names no API, as Auth0 does', async t => {
  const { answer: { body } } = await login({ clientId: 'own', resource: undefined, scope: 'openid profile' })
  t.match(decodeProtectedHeader(body.access_token), { alg: 'dir', enc: 'A256GCM', iss: issuer })
  t.equal(body.access_token.split('.').length, 5)
  t.match(await json(`${issuer}userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } }), { status: 200, body: { name: 'Alice' } })
  t.equal(await whoami(body.access_token), 401)

  const { answer: without } = await login({ clientId: 'own', resource: undefined })
  t.equal(without.body.access_token.split('.').length, 5)
  t.notOk('scope' in without.body)
})

t.test('requires PKCE with S256, also of clients with a secret, and accepts a code once', async t => {
  for (const params of [{ code_challenge: undefined, code_challenge_method: undefined }, { code_challenge_method: 'plain' }]) {
    const back = await createUser().login(authorization({ client_id: 'own-secret', ...params }))
    t.equal(back.searchParams.get('error'), 'invalid_request')
  }

  const { form } = await login({})
  t.match(await token(form), { status: 400, body: { error: 'invalid_grant' } }, 'used before')
  const { clientId, code } = await login({ redeem: false })
  t.match(await token({ ...form, code, client_id: clientId, code_verifier: 'x'.repeat(43) }), { status: 400, body: { error: 'invalid_grant' } })
})

t.test('gives refresh tokens for offline_access only, rotates them, and can revoke them', async t => {
  t.notOk('refresh_token' in (await login({})).answer.body)

  const { clientId, answer: { body: first } } = await login({ scope: 'tool:whoami offline_access' })
  const form = { grant_type: 'refresh_token', client_id: clientId }
  const { body: second } = await token({ ...form, refresh_token: first.refresh_token, resource })
  t.match(decodeJwt(second.access_token), { aud: resource, scope: 'tool:whoami' })
  t.not(second.refresh_token, first.refresh_token)

  await fetch(`${issuer}oauth/revoke`, { method: 'POST', body: new URLSearchParams({ token: second.refresh_token, client_id: clientId }) })
  for (const revoked of [first.refresh_token, second.refresh_token]) {
    t.match(await token({ ...form, refresh_token: revoked }), { status: 400, body: { error: 'invalid_grant' } })
  }
})

t.test('lets a user decline, and refuses anybody who is not the user', async t => {
  const back = await createUser({ answer: 'deny' }).login(authorization({ client_id: 'own' }))
  t.match(Object.fromEntries(back.searchParams), { error: 'access_denied', iss: issuer })

  const clientId = await newClient()
  await t.rejects(createUser({ answer: 'deny' }).login(authorization({ client_id: clientId })), /stuck at .*: 400 [^]*access_denied/, 'clients of others are not called back')
  const user = createUser()
  const { url, html } = await user.open(authorization({ client_id: clientId, login_hint: 'bob@example.com' }))
  t.equal(fillIn(html, { username: 'bob@example.com' }).fields.get('password'), 'password')
  t.match(html, 'value="bob@example.com" required checked')
  for (const form of ['username=alice@example.com&password=x', 'username=eve@example.com&password=password', 'answer=allow']) {
    t.match(await user.open(url, new URLSearchParams(form)), { status: 400, html: 'role="alert"' }, form)
  }
  t.match(await createUser().open(url), { status: 400, html: 'another browser' })
})

t.test('lets a user change the account and sign out', async t => {
  const { clientId, user } = await login({})
  const { url } = await user.open(authorization({ client_id: clientId, prompt: 'consent' }))
  const { html } = await user.open(new URL('?switch', url))
  const { html: signsAliceOut } = await user.open(url, fillIn(html, { username: 'bob@example.com' }).fields)
  const { action, fields } = fillIn(signsAliceOut, {})
  t.match((await user.open(new URL(action), fields)).html, /in the name of <strong>bob@example.com/)

  const { html: asks } = await user.open(new URL(`${issuer}oidc/logout`))
  const form = fillIn(asks, { logout: 'yes' })
  t.match(asks, 'Sign out?')
  t.match((await user.open(new URL(form.action), form.fields)).html, 'Signed out')
  t.match((await user.open(authorization({ client_id: clientId }))).html, 'Sign in')
})

t.test('gives a machine a token for the audience and the scopes that it names', async t => {
  const form = { grant_type: 'client_credentials', client_id: 'dev-m2m', client_secret: 'dev-m2m-secret' }
  const { body } = await token({ ...form, audience: resource, scope: 'tool:whoami' })
  t.match(decodeJwt(body.access_token), { sub: 'dev-m2m@clients', client_id: 'dev-m2m', aud: resource, scope: 'tool:whoami', permissions: ['tool:whoami'] })
  t.equal(await whoami(body.access_token), 200)
  const { body: unnamed } = await token({ ...form, audience: resource })
  t.match(decodeJwt(unnamed.access_token), { scope: undefined, permissions: [] })
  t.match(await token({ ...form, resource }), { status: 403, body: { error: 'access_denied', error_description: /No audience/ } })
  t.match(await token({ ...form, audience: 'https://other.example' }), { status: 403, body: { error: 'access_denied', error_description: 'Service not enabled within domain: https://other.example' } })
  t.match(await token({ ...form, audience: resource, client_secret: 'x' }), { status: 401, body: { error: 'invalid_client' } })
})

t.test('accepts a client whose ID is the URL of its document', async t => {
  const clientId = 'https://client.example.com/oauth/metadata.json'
  const real = globalThis.fetch
  t.teardown(() => { globalThis.fetch = real })
  globalThis.fetch = async (input, init) => String(input instanceof Request ? input.url : input) === clientId
    ? Response.json({ client_id: clientId, client_name: 'By address', redirect_uris: [CALLBACK], grant_types: CODE, response_types: ['code'], token_endpoint_auth_method: 'none' })
    : real(input, init)

  const { user, answer } = await login({ clientId })
  t.equal(decodeJwt(answer.body.access_token)['client_id'], clientId)
  t.same(user.seen, ['Sign in', 'Allow By address?'])
})

t.test('allows a loopback callback on any port for a registered client, and no other address', async t => {
  const clientId = await newClient()
  const elsewhere = 'http://localhost:51234/oauth/callback'
  const back = await createUser().login(authorization({ client_id: clientId, redirect_uri: elsewhere }))
  t.equal(back.port, '51234')

  for (const [id, uri] of [['own', elsewhere], [clientId, 'https://evil.example/']] as const) {
    t.match(await createUser().open(authorization({ client_id: id, redirect_uri: uri })), { status: 400, html: `<code>unauthorized_client</code> Callback URL mismatch. ${uri} is not in the list of allowed callback URLs` })
  }
  t.match(await createUser().open(authorization({ client_id: 'tpc_gone' })), { status: 400, html: /Unknown client: tpc_gone[^]*forgets all clients/ })
})

t.test('allows pages of other origins to use its endpoints', async t => {
  const origin = 'http://localhost:6274'
  const clientId = await newClient()
  for (const [path, method] of [['.well-known/oauth-authorization-server', 'GET'], ['oidc/register', 'POST'], ['oauth/token', 'POST']] as const) {
    const { status, headers } = await fetch(issuer + path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'content-type,mcp-protocol-version' } })
    t.equal(status, 204, path)
    t.match(headers.get('access-control-allow-headers'), 'mcp-protocol-version')
    t.match((await fetch(issuer + path, { method, headers: { origin } })).headers.get('access-control-allow-origin'), /^(\*|http:\/\/localhost:6274)$/)
  }
  const body = search({ grant_type: 'authorization_code', client_id: clientId, code: 'x', code_verifier: VERIFIER, redirect_uri: CALLBACK })
  const { status, headers } = await fetch(`${issuer}oauth/token`, { method: 'POST', headers: { origin }, body })
  t.strictSame([status, headers.get('access-control-allow-origin')], [400, origin])
})

t.test('gives no page in a browser a token of the machine client, whose secret is public', async t => {
  const form = search({ grant_type: 'client_credentials', client_id: 'dev-m2m', client_secret: 'dev-m2m-secret', audience: resource })
  for (const origin of ['https://evil.example', 'http://localhost:6274', 'null']) {
    const response = await fetch(`${issuer}oauth/token`, { method: 'POST', headers: { origin }, body: form })
    t.strictSame([response.status, response.headers.get('access-control-allow-origin')], [400, null], origin)
    t.notMatch(await response.text(), 'access_token')
  }
  const basic = { origin: 'https://evil.example', authorization: `Basic ${Buffer.from('dev-m2m:dev-m2m-secret').toString('base64')}` }
  const response = await fetch(`${issuer}oauth/token`, { method: 'POST', headers: basic, body: search({ grant_type: 'client_credentials', audience: resource }) })
  t.equal(response.ok, false)
  t.equal((await token(Object.fromEntries(form))).status, 200, 'a program does')
})

t.test('refuses a request for a foreign host, which a page of another site may send', async t => {
  const clientId = await newClient()
  const { url: login } = await createUser().open(authorization({ client_id: clientId }))
  const paths = ['/.well-known/openid-configuration', '/.well-known/jwks.json', '/oidc/register', '/oauth/token', '/dev/token', '/userinfo', '/nothing', login.pathname, `${authorization({ client_id: clientId }).pathname}?client_id=${clientId}`]
  const { port } = new URL(issuer)
  const statusOf = (path: string, host: string | undefined, method: string): Promise<number | undefined> => new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path, method, setHost: false, headers: host === undefined ? {} : { host } }, response => resolve(response.resume().statusCode)).on('error', reject).end()
  })
  for (const path of paths) {
    for (const host of ['evil.example', `evil.example:${port}`, `localhost.evil.example:${port}`, `evil@localhost:${port}`, '169.254.1.1']) {
      for (const method of ['GET', 'POST']) t.equal(await statusOf(path, host, method), 403, `${method} ${path} for ${host}`)
    }
    t.equal(await statusOf(`http://evil.example${path}`, `localhost:${port}`, 'GET'), 403, 'a target that names another host')
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST']) t.equal(await statusOf('/.well-known/openid-configuration', host, 'GET'), 200, host)
})

t.test('loads nothing from other sites into its pages, and shows client names as text', async t => {
  const clientId = await newClient()
  const user = createUser()
  const login = await user.open(authorization({ client_id: clientId }))
  const consent = await user.open(login.url, fillIn(login.html, { username: 'alice@example.com' }).fields)
  for (const { html } of [login, consent]) {
    t.match(html, /^<!doctype html>\n<html lang="en">/)
    t.notMatch(html, /<script|<link|<img|@import|url\(|\[object|undefined/)
  }
  t.match(consent.html, 'Allow &#60;Tests&#62;?')
  t.match((await fetch(login.url)).headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/)
})

t.test('gives tokens of any shape to programs on this machine, and to no page', async t => {
  const mint = (body: string, headers = {}): Promise<Response> => fetch(`${issuer}dev/token`, { method: 'POST', body, headers })
  const good = await mint('{}')
  t.equal(await whoami(await good.text()), 403, 'this server wants permissions too')
  const shaped = decodeJwt(await (await mint(JSON.stringify({ claims: { sub: 'auth0|x', azp: null } }))).text())
  t.strictSame([shaped.sub, 'azp' in shaped], ['auth0|x', false])

  t.equal((await mint('not JSON')).status, 400)
  t.equal((await fetch(`${issuer}dev/token`)).status, 403)
  t.equal((await mint('{}', { origin: 'http://localhost:6274' })).status, 403)
  t.equal(await new Promise(resolve => httpRequest(`${issuer}dev/token`, { method: 'POST', headers: { host: 'evil.example' } }, ({ statusCode }) => resolve(statusCode)).end()), 403)
})

t.test('signs tokens of either profile; without logins it serves keys only', async t => {
  const permissions = ['tool:whoami']
  t.equal(await whoami(authority.token({ permissions })), 200)
  t.equal(await whoami(authority.token({ ...rfc9068(), permissions }, { header: { typ: 'at+jwt' } })), 200)

  const alone = await startIssuer({ audience: resource, scopes: permissions })
  t.teardown(() => alone.close())
  t.equal((await fetch(`${alone.url}.well-known/jwks.json`)).status, 200)
  t.equal((await fetch(`${alone.url}authorize`)).status, 404)
})

t.test('forgets its entries when they expire', async t => {
  const { now } = Date
  const store = createStore(memoryState(authority.keys[0]))
  t.teardown(() => { Date.now = now })
  const [sessions, codes] = [store('Session'), store('DeviceCode')]
  await sessions.upsert('a', { uid: 'A' }, 60)
  await sessions.upsert('b', { uid: 'B' }, 600)
  t.same([await sessions.find('a'), await sessions.findByUid('B'), await sessions.findByUid('C')], [{ uid: 'A' }, { uid: 'B' }, undefined])

  Date.now = () => now() + 61_000
  t.same([await sessions.find('a'), await sessions.findByUid('B')], [undefined, { uid: 'B' }])
  t.equal(await codes.findByUserCode('x'), undefined)
})

/** The answer of this server to a call of whoami with this token. */
async function whoami (accessToken: string): Promise<number> {
  const { statusCode } = await app.inject({ method: 'POST', url: '/mcp', headers: { host: 'localhost', authorization: `Bearer ${accessToken}` }, payload: call('whoami') })
  return statusCode
}
