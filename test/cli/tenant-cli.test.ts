import t from 'tap'
import { cliTransport } from '../../cli/tenant/cli-transport.ts'
import { createManagement } from '../../cli/tenant/management.ts'
import { setUpTenant } from '../support/tenant.ts'
import { fakeCli } from '../support/auth0-cli.ts'

const NO_WINDOWS = { skip: process.platform === 'win32' && 'the fake executable needs a shebang' }

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

    // Each call starts a process, so only some changes are made in this way.
    const tenant = createManagement(cliTransport('x', { PATH: cli.path }))
    t.match(await tenant.send('POST', 'roles', { name: 'it\'s' }), { id: 'rol_1', name: 'it\'s' })
    t.equal(await tenant.send('POST', 'roles/rol_1/permissions', { permissions: [] }), undefined, 'an answer without a body')
    t.equal(await tenant.get('clients/unknown'), undefined, 'status 404')
  })

  t.test('names a permission that it lacks, in either form of the refusal', async t => {
    const other = await setUpTenant(t, { without: ['read:connections'] })
    for (const mode of ['', 'plain']) {
      const ask = cliTransport('x', { PATH: fakeCli(t, other.api.url, other.api.token, mode).path })
      await t.rejects(createManagement(ask).walk('connections', 'connections'), /status 403, the token lacks the permission read:connections\./)
    }
  })

  t.test('says how to log in if there is none', async t => {
    const ask = cliTransport('x', { PATH: fakeCli(t, api.url, api.token, 'no-session').path })
    await t.rejects(ask('GET', 'tenants/settings'), { message: 'the Auth0 CLI says: Failed to authenticate: run "auth0 login"' })
    const silent = cliTransport('x', { PATH: fakeCli(t, api.url, api.token, 'silent').path })
    await t.rejects(silent('GET', 'tenants/settings'), { message: 'the Auth0 CLI says: exit code 3' })
    const words = cliTransport('x', { PATH: fakeCli(t, api.url, api.token, 'words').path })
    await t.rejects(words('GET', 'tenants/settings'), { message: 'the Auth0 CLI says: [2JA new version is there.' })
  })

  t.test('ends a CLI that does not answer', { timeout: 30_000 }, async t => {
    const { path } = fakeCli(t, api.url, api.token, 'hang')
    await t.rejects(cliTransport('x', { PATH: path }, 200)('GET', 'tenants/settings'), { message: 'the Auth0 CLI gave no answer within 0.2 s: see whether "auth0 api get tenants/settings" answers, run "auth0 login" again, or set AUTH0_MGMT_TOKEN' })
  })

  t.test('says how to install the CLI if it is missing', async t => {
    await t.rejects(cliTransport('x', { PATH: t.testdir() })('GET', 'tenants/settings'), /^the Auth0 CLI cannot be started \(ENOENT\): install it .*"auth0 login", or set AUTH0_MGMT_TOKEN$/)
  })
})
