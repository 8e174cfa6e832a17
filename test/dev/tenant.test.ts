import { decodeJwt, decodeProtectedHeader } from 'jose'
import t, { type Test } from 'tap'
import type { Tenant } from '../../dev/provider/tenant.ts'
import { serve } from '../e2e/login-server.ts'
import { createUser } from '../e2e/login-user.ts'
import { CALLBACK, json, oauth, type OAuth } from '../support/oauth.ts'

// The switches of the tenant that the development issuer stands in for, one by one.

const OWN = { client_id: 'own', redirect_uris: [CALLBACK] }
const DOCUMENT = 'https://client.example.com/oauth/metadata.json'
const MACHINE = { grant_type: 'client_credentials', client_id: 'dev-m2m', client_secret: 'dev-m2m-secret' }

t.test('lists the registration endpoint without dynamic registration, and answers it with 400', async t => {
  const { issuer, register } = await start(t, { dcr: false })
  t.equal((await metadata(issuer))['registration_endpoint'], `${issuer}oidc/register`)
  t.match(await register({ redirect_uris: [CALLBACK] }), { status: 400, body: { error_description: 'dynamic client registration is disabled' } })
})

t.test('accepts imported metadata documents although it does not advertise them', async t => {
  serveDocument(t)
  const { issuer, login } = await start(t, { cimd: false })
  t.notOk('client_id_metadata_document_supported' in await metadata(issuer))
  t.equal(decodeJwt((await login({ clientId: DOCUMENT })).answer.body.access_token)['client_id'], DOCUMENT)
})

t.test('treats a metadata document that was not imported as an unknown client', async t => {
  serveDocument(t)
  const { authorization } = await start(t, { documents: ['https://other.example/client.json'] })
  t.match(await createUser().open(authorization({ client_id: DOCUMENT })), { status: 400, html: `<code>invalid_request</code> Unknown client: ${DOCUMENT}` })
})

t.test('compares the port of a document\'s callback if the tenant does', async t => {
  serveDocument(t)
  const { authorization } = await start(t, { exactCallbacks: true })
  t.match(await createUser().open(authorization({ client_id: DOCUMENT, redirect_uri: 'http://localhost:50000/oauth/callback' })), { status: 400, html: 'Callback URL mismatch. http://localhost:50000/oauth/callback' })
})

t.test('ignores resource without the compatibility profile', async t => {
  const { resource, login, authorization, newClient } = await start(t, { resourceParameter: false, clients: [OWN] })
  const { answer } = await login({ clientId: 'own' })
  t.match(decodeProtectedHeader(answer.body.access_token), { alg: 'dir' })
  t.match(await createUser().open(authorization({ client_id: await newClient() })), { status: 400, html: 'The userinfo audience is not allowed for third party clients.' })
  t.equal(decodeJwt((await login({ audience: resource })).answer.body.access_token).aud, resource)
})

t.test('prefers a default audience to resource', async t => {
  const { login, token } = await start(t, { defaultAudience: 'https://default.example' })
  t.equal(decodeJwt((await login({})).answer.body.access_token).aud, 'https://default.example')
  t.equal(decodeJwt((await token(MACHINE)).body.access_token).aud, 'https://default.example')
})

t.test('sends code and state, or error and state, if answers have no iss', async t => {
  const { issuer, authorization } = await start(t, { issParameter: false, clients: [OWN] })
  t.notOk('authorization_response_iss_parameter_supported' in await metadata(issuer))
  for (const [answer, names] of [['allow', ['code', 'state']], ['deny', ['error', 'error_description', 'state']]] as const) {
    const back = await createUser({ answer }).login(authorization({ client_id: 'own' }))
    t.strictSame([...back.searchParams.keys()].sort(), names)
  }
})

t.test('refuses third-party clients without a default grant, and accepts the tenant\'s own', async t => {
  const { resource, login, authorization, newClient } = await start(t, { thirdPartyGrant: 'none', clients: [OWN] })
  const clientId = await newClient()
  t.match(await createUser().open(authorization({ client_id: clientId })), { status: 400, html: `<code>unauthorized_client</code> Client &#34;${clientId}&#34; is not authorized to access resource server &#34;${resource}&#34;.` })
  t.equal(decodeJwt((await login({ clientId: 'own' })).answer.body.access_token)['scope'], 'tool:whoami')
})

t.test('leaves a scope out of the token of a third-party client if its grant lacks it', async t => {
  const { login } = await start(t, { thirdPartyGrant: ['tool:other'], clients: [OWN] })
  t.match(decodeJwt((await login({})).answer.body.access_token), { scope: undefined, permissions: ['tool:whoami'] })
  t.match(decodeJwt((await login({ clientId: 'own' })).answer.body.access_token), { scope: 'tool:whoami' })
})

t.test('shows an error page to a third-party client without a connection at domain level', async t => {
  const { login, authorization, newClient } = await start(t, { domainConnection: false, clients: [OWN] })
  t.match(await createUser().open(authorization({ client_id: await newClient() })), { status: 400, html: 'no connections enabled for the client' })
  t.ok((await login({ clientId: 'own' })).code)
})

t.test('redirects errors to third-party clients if the tenant allows it', async t => {
  const { issuer, authorization, newClient } = await start(t, { redirectErrors: true })
  const back = await createUser({ answer: 'deny' }).login(authorization({ client_id: await newClient() }))
  t.match(Object.fromEntries(back.searchParams), { error: 'access_denied', iss: issuer })
})

t.test('refuses a machine without a grant', async t => {
  const { resource, token } = await start(t, { machineGrant: false })
  t.match(await token({ ...MACHINE, audience: resource }), { status: 403, body: { error: 'access_denied', error_description: `Client "dev-m2m" is not authorized to access resource server "${resource}".` } })
})

t.test('gives a machine that names no scope all scopes if the API allows all', async t => {
  const { resource, token } = await start(t, { machinePolicy: 'allow_all' })
  t.match(decodeJwt((await token({ ...MACHINE, audience: resource })).body.access_token), { scope: 'tool:whoami', permissions: ['tool:whoami'] })
})

t.test('issues tokens of Auth0\'s own profile for users and machines', async t => {
  const { resource, token, login } = await start(t, { dialect: 'access_token_authz' })
  const { clientId, answer: { body } } = await login({})
  t.equal(decodeProtectedHeader(body.access_token).typ, 'JWT')
  t.strictSame(Object.keys(decodeJwt(body.access_token)).sort(), ['aud', 'azp', 'exp', 'iat', 'iss', 'permissions', 'scope', 'sub'])
  t.equal(decodeJwt(body.access_token)['azp'], clientId)
  t.match(decodeJwt((await token({ ...MACHINE, audience: resource })).body.access_token), { azp: 'dev-m2m', gty: 'client-credentials' })
})

t.test('signs with HS256 if the API says so', async t => {
  const { login } = await start(t, { signingAlg: 'HS256' })
  t.equal(decodeProtectedHeader((await login({})).answer.body.access_token).alg, 'HS256')
})

/** A tenant that differs from a well set-up one, and the requests of a login at it. */
async function start (t: Test, tenant: Partial<Tenant>): Promise<OAuth & { readonly issuer: string, readonly resource: string }> {
  const { url: resource, authority: { url: issuer } } = await serve(t, { tenant })
  return { issuer, resource, ...oauth(issuer, resource) }
}

async function metadata (issuer: string): Promise<Record<string, unknown>> {
  return (await json(`${issuer}.well-known/oauth-authorization-server`)).body
}

/** Answers for the address of the document, which no test may ask. */
function serveDocument (t: Test): void {
  const real = globalThis.fetch
  t.teardown(() => { globalThis.fetch = real })
  globalThis.fetch = async (input, init) => String(input instanceof Request ? input.url : input) === DOCUMENT
    ? Response.json({ client_id: DOCUMENT, client_name: 'By address', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' })
    : real(input, init)
}
