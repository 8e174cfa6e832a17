import t from 'tap'
import { command } from '../../cli/tenant/change.ts'
import { createManagement } from '../../cli/tenant/management.ts'
import { setUpTenant } from '../support/tenant.ts'

t.test('tenant gets a token with a client id and a secret', async t => {
  const { api, env, run } = await setUpTenant(t)
  delete env['AUTH0_MGMT_TOKEN']
  Object.assign(env, { AUTH0_MGMT_CLIENT_ID: api.clientId, AUTH0_MGMT_CLIENT_SECRET: api.clientSecret })
  const { code, output } = await run('')
  t.equal(code, 0)
  t.match(output, '(by AUTH0_MGMT_CLIENT_ID)')
  t.notMatch(output, new RegExp(`${api.clientSecret}|${api.token}`))

  env['AUTH0_MGMT_CLIENT_SECRET'] = 'wrong-secret'
  await t.rejects(run(''), /^http:.* gave no token for AUTH0_MGMT_CLIENT_ID: status 401, access_denied: Unauthorized$/)
  delete env['AUTH0_MGMT_CLIENT_SECRET']
  await t.rejects(run(''), /^AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET: found one, expected both or none$/)
})

t.test('tenant says which setting a custom domain needs', async t => {
  const { api, env, run } = await setUpTenant(t)
  delete env['AUTH0_MGMT_TOKEN']
  Object.assign(env, { AUTH0_MGMT_CLIENT_ID: api.clientId, AUTH0_MGMT_CLIENT_SECRET: api.clientSecret, AUTH0_MGMT_DOMAIN: api.url.replace('localhost', '127.0.0.1') })
  // The stand-in goes by "localhost", so the other name of the host is as a custom domain.
  await t.rejects(run(''), /^AUTH0_MGMT_DOMAIN: found "127\.0\.0\.1:\d+", which has no Management API, expected the tenant's own domain/)
  Object.assign(env, { AUTH0_DOMAIN: 'https://login.example.com/', AUTH0_MGMT_DOMAIN: api.url })
  t.match(await run(''), { code: 0, output: /^Tenant {2}localhost:/ })

  api.intercept = (_request, response) => { response.writeHead(500, { 'content-type': 'application/json' }).end('{}'); return true }
  await t.rejects(run(''), /status 500, without a cause$/)
})

t.test('tenant says what another server or a broken answer is, and prints no sequence that a terminal obeys', async t => {
  const { api, run } = await setUpTenant(t)
  for (const [path, body, message] of [
    ['resource-servers', '{"total":1}', /^GET resource-servers: expected a list of resource_servers, found none\. Does AUTH0_DOMAIN name an Auth0 tenant\?$/],
    ['resource-servers', '', /^GET resource-servers: expected a list/],
    ['client-grants', '{"next":"x"}', /^GET client-grants\?.*: expected a list of client_grants/],
    ['tenants', '{"message":"\\u001b[2Jno"}', /status 401, .*\(\[2Jno\)/]
  ] as const) {
    api.intercept = ({ url }, response) => url?.includes(path) === true && response.writeHead(path === 'tenants' ? 401 : 200).end(body) !== undefined
    await t.rejects(run(''), message)
  }
  api.intercept = (_request, response) => response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy())
  await t.rejects(run(''), /^status 200, then the answer broke off/)

  const other = await setUpTenant(t)
  other.api.intercept = ({ url }, response) => url?.includes('tenants') === true && response.end('{"resource_parameter_profile":"\u202e"}') !== undefined
  t.match((await other.run('')).output, /^ {4}resource_parameter_profile: "" → "compatibility"$/m)
})

t.test('tenant quotes an odd id of the tenant for the shell', async t => {
  t.equal(command('delete', 'roles/rol_1'), 'auth0 api delete roles/rol_1')
  t.equal(command('patch', "roles/x'; rm -r ~", { a: "it's" }), "auth0 api patch 'roles/x'\\''; rm -r ~' --data '{\"a\":\"it'\\''s\"}'")
})

for (const [request, scope] of [['GET tenants/settings', 'read:tenant_settings'], ['POST resource-servers', 'create:resource_servers']] as const) {
  t.test(`tenant names the permission that the token lacks: ${scope}`, async t => {
    const { run } = await setUpTenant(t, { without: [scope] })
    await t.rejects(run('apply'), new RegExp(`${request}: status 403, the token lacks the permission ${scope}\\. Give it to the application .*auth0 login --scopes ${scope}`))
  })
}

t.test('tenant continues without the permission to read Rules, and in a tenant without Rules', async t => {
  const { run } = await setUpTenant(t, { without: ['read:rules'] })
  t.match((await run('')).output, /^! .*was not checked, since that needs the permission read:rules\.$/m)

  const other = await setUpTenant(t)
  other.api.intercept = ({ url }, response) => url?.includes('rules') === true && response.writeHead(404).end() !== undefined
  t.match(await other.run(''), { code: 0 })
  other.api.intercept = ({ url }, response) => url?.includes('rules') === true && response.destroy() !== undefined
  await t.rejects(other.run(''), /no answer from/)
})

t.test('tenant says that a token has expired', async t => {
  const { env, run } = await setUpTenant(t)
  env['AUTH0_MGMT_TOKEN'] = 'old'
  await t.rejects(run(''), /^GET tenants\/settings: status 401, the token has expired or is not for this tenant .*auth0 login$/)
})

t.test('tenant waits when Auth0 limits the rate, and gives up after some tries', async t => {
  const { api, pauses, run } = await setUpTenant(t, { rate: 2 })
  t.match(await run('apply'), { code: 0, output: /^Done\./m })
  t.ok(pauses.length > 4)
  t.ok(pauses.every(ms => ms >= 1000 && ms <= 60_000))

  api.intercept = (_request, response) => { response.writeHead(429, { 'x-ratelimit-reset': '9999999999' }).end('{"message":"Global limit has been reached"}'); return true }
  await t.rejects(run(''), /^GET tenants\/settings: status 429, Global limit has been reached$/)
  t.equal(pauses.at(-1), 60_000)
})

t.test('tenant waits until the time that Auth0 names', async t => {
  const answers = [{ status: 429, document: {} }, { status: 200, document: [] }]
  const started = performance.now()
  t.strictSame(await createManagement(async () => answers.shift() ?? { status: 500, document: {} }).get('x'), [])
  t.ok(performance.now() - started > 900)
})

t.test('tenant stops at a list without an end', async t => {
  let asked = 0
  const endless = createManagement(async () => {
    asked++
    return { status: 200, document: { roles: ['a'], total: 1e9, next: 'again' } }
  })
  const message = /^GET roles: expected an end of the list, found 1000 entries on 1000 pages and a further page\. Does AUTH0_DOMAIN name an Auth0 tenant\?$/
  await t.rejects(endless.list('roles', 'roles'), { message })
  await t.rejects(endless.walk('roles', 'roles'), { message })
  t.equal(asked, 2000)
})

t.test('tenant shows the answer of a server that is not the Management API', async t => {
  const { api, run } = await setUpTenant(t)
  api.intercept = (_request, response) => { response.writeHead(502, { 'content-type': 'text/html' }).end('<p>Bad gateway</p>'); return true }
  await t.rejects(run(''), /^GET tenants\/settings: status 502, expected JSON, found "<p>Bad gateway<\/p>" \(text\/html\)$/)
  api.intercept = (_request, response) => { response.writeHead(500).end(); return true }
  await t.rejects(run(''), /^GET tenants\/settings: status 500, without a message$/)
  api.intercept = ({ url }, response) => { response.writeHead(404).end(url?.includes('roles') ? '' : '{"message":"Not Found"}'); return true }
  await t.rejects(run(''), /^GET resource-servers: status 404, Not Found$/)
})
