import t from 'tap'
import { cliTransport } from '../../cli/tenant/cli-transport.ts'
import { createManagement } from '../../cli/tenant/management.ts'
import { setUpTenant } from '../support/tenant.ts'
import { fakeCli } from '../support/auth0-cli.ts'

const NO_WINDOWS = { skip: process.platform === 'win32' && 'the fake executable needs a shebang' }

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

t.test('tenant shows the answer of a server that is not the Management API', async t => {
  const { api, run } = await setUpTenant(t)
  api.intercept = (_request, response) => { response.writeHead(502).end('<p>Bad gateway</p>'); return true }
  await t.rejects(run(''), /^GET tenants\/settings: status 502, no JSON but "<p>Bad gateway<\/p>"$/)
  api.intercept = (_request, response) => { response.writeHead(500).end(); return true }
  await t.rejects(run(''), /^GET tenants\/settings: status 500, without a message$/)
  api.intercept = ({ url }, response) => { response.writeHead(404).end(url?.includes('roles') ? '' : '{"message":"Not Found"}'); return true }
  await t.rejects(run(''), /^GET resource-servers: status 404, Not Found$/)
})

t.test('the session of the Auth0 CLI', NO_WINDOWS, async t => {
  const { api, env, run } = await setUpTenant(t)
  delete env['AUTH0_MGMT_TOKEN']
  const cli = fakeCli(t, api.url, api.token)

  t.test('makes the same plan as a token', async t => {
    env['PATH'] = cli.path
    const { code, output } = await run('')
    t.match([code, output], [0, /\(by the session of the Auth0 CLI\)[^]*^8 changes\./m])
    t.match(cli.calls()[0], ['api', 'get', 'tenants/settings', '--tenant', new URL(api.url).host, '--no-input', '--no-color'])
    t.ok(cli.calls().every(args => args.includes('--tenant')))

    // Each call starts a process, so not all of the changes are made by this way.
    const tenant = createManagement(cliTransport('x', { PATH: cli.path }))
    t.match(await tenant.send('POST', 'roles', { name: 'it\'s' }), { id: 'rol_1', name: 'it\'s' })
    t.equal(await tenant.send('POST', 'roles/rol_1/permissions', { permissions: [] }), undefined, 'an answer without a body')
    t.equal(await tenant.get('clients/unknown'), undefined, 'status 404')
  })

  t.test('that lacks a permission names it, in either form of the refusal', async t => {
    const other = await setUpTenant(t, { without: ['read:connections'] })
    for (const mode of ['', 'plain']) {
      const ask = cliTransport('x', { PATH: fakeCli(t, other.api.url, other.api.token, mode).path })
      await t.rejects(createManagement(ask).walk('connections', 'connections'), /status 403, the token lacks the permission read:connections\./)
    }
  })

  t.test('that does not exist says how to log in', async t => {
    const ask = cliTransport('x', { PATH: fakeCli(t, api.url, api.token, 'no-session').path })
    await t.rejects(ask('GET', 'tenants/settings'), { message: 'the Auth0 CLI says: Failed to authenticate: run "auth0 login"' })
    const silent = cliTransport('x', { PATH: fakeCli(t, api.url, api.token, 'silent').path })
    await t.rejects(silent('GET', 'tenants/settings'), { message: 'the Auth0 CLI says: exit code 3' })
  })

  t.test('without the CLI says how to install it', async t => {
    await t.rejects(cliTransport('x', { PATH: t.testdir() })('GET', 'tenants/settings'), /^the Auth0 CLI cannot be started \(ENOENT\): install it .*"auth0 login", or set AUTH0_MGMT_TOKEN$/)
  })
})
