import { request as httpRequest } from 'node:http'
import { decodeJwt } from 'jose'
import t from 'tap'
import { rfc9068, startIssuer } from '../../dev/issuer.ts'
import { createUser } from '../e2e/login-user.ts'
import { CALLBACK, search, VERIFIER } from '../support/oauth.ts'
import { startProvider } from '../support/provider.ts'

const { authority, authorization, issuer, newClient, resource, token, whoami } = await startProvider(t)

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
