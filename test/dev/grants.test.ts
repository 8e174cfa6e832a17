import { decodeJwt, decodeProtectedHeader } from 'jose'
import t from 'tap'
import { createUser } from '../e2e/login-user.ts'
import { CALLBACK, json } from '../support/oauth.ts'
import { CODE, startProvider } from '../support/provider.ts'

const { authorization, issuer, login, newClient, resource, token, whoami } = await startProvider(t)

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
