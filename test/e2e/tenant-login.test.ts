import t from 'tap'
import { issuerTenant } from '../../dev/management/issuer-tenant.ts'
import { setUpTenant } from '../support/tenant.ts'
import { sdk1Application, sdk2Application } from './login-client.ts'
import { serve } from './login-server.ts'
import { createUser } from './login-user.ts'

for (const [name, start] of [['SDK 1', sdk1Application], ['SDK 2', sdk2Application({ mode: 'auto' })]] as const) {
  t.test(`npm run tenant brings an empty tenant to a state in which ${name} logs in and calls whoami`, async t => {
    const { api, env, run } = await setUpTenant(t)

    const before = await serve(t, { tenant: issuerTenant(api.state, env['MCP_RESOURCE_URL'] as string) })
    const refused = start(before.url, createUser())
    t.teardown(() => refused.close())
    await t.rejects(refused.connect(), 'an empty tenant lets nobody log in')

    t.equal((await run('apply --dcr --user alice@example.com')).code, 0)
    const after = await serve(t, { tenant: issuerTenant(api.state, env['MCP_RESOURCE_URL'] as string) })
    const application = start(after.url, createUser())
    t.teardown(() => application.close())
    await application.connect()
    t.match(await application.call('whoami'), { structuredContent: { kind: 'user', scopes: ['tool:whoami'] } })
  })
}
