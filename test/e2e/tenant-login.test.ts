import t from 'tap'
import { issuerTenant } from '../../dev/management/issuer-tenant.ts'
import { emptyTenant } from '../../dev/management/state.ts'
import { setUpTenant } from '../support/tenant.ts'
import { sdk1Application, sdk2Application } from './login-client.ts'
import { serve } from './login-server.ts'
import { createUser } from './login-user.ts'

const DOCUMENT = 'https://client.example.com/mcp.json'

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

t.test('npm run tenant -- apply --client lets SDK 2 log in by its metadata document, where no client may register', async t => {
  const callback = 'http://localhost:6274/oauth/callback'
  const document = { client_id: DOCUMENT, client_name: 'By address', redirect_uris: [callback], token_endpoint_auth_method: 'none' }
  const real = globalThis.fetch
  t.teardown(() => { globalThis.fetch = real })
  globalThis.fetch = async (input, init) => String(input instanceof Request ? input.url : input) === DOCUMENT ? Response.json(document) : real(input, init)

  const state = emptyTenant()
  state.documents.set(DOCUMENT, document)
  const { api, env, run } = await setUpTenant(t, { state })
  t.equal((await run(`apply --client ${DOCUMENT} --user alice@example.com`)).code, 0)
  const tenant = issuerTenant(api.state, env['MCP_RESOURCE_URL'] as string)
  t.match(tenant, { dcr: false, cimd: true, documents: [DOCUMENT] })
  const { url } = await serve(t, { tenant })

  const application = sdk2Application({ mode: 'auto' }, DOCUMENT)(url, createUser())
  t.teardown(() => application.close())
  await application.connect()
  t.match(await application.call('whoami'), { structuredContent: { clientId: DOCUMENT, scopes: ['tool:whoami'] } })

  const other = sdk2Application({ mode: 'auto' }, 'https://other.example/client.json')(url, createUser())
  t.teardown(() => other.close())
  await t.rejects(other.connect(), 'a document that was not imported')
})
