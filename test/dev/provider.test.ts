import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import t from 'tap'
import { createUser } from '../e2e/login-user.ts'
import { CALLBACK, json } from '../support/oauth.ts'
import { CODE, startProvider } from '../support/provider.ts'

const { authorization, issuer, login, register, resource, whoami } = await startProvider(t)
const keys = createRemoteJWKSet(new URL(`${issuer}.well-known/jwks.json`))

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
  t.notOk('id_token' in answer.body, 'third-party clients get no ID token')
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
