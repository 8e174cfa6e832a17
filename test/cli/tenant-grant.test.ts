import t from 'tap'
import type { Item } from '../../dev/management/state.ts'
import { DOCUMENT, NOTHING, RESOURCE, setUpTenant, tenantWithDocument } from '../support/tenant.ts'

t.test('extends the grant of the machine that AUTH0_CLIENT_ID names', async t => {
  const { api, env, run } = await setUpTenant(t)
  api.state.clients.push({ client_id: 'mine', name: 'My machine', app_type: 'non_interactive' })
  api.state.clientGrants.push({ id: 'cgr', client_id: 'mine', audience: RESOURCE, scope: ['other'] })
  env['AUTH0_CLIENT_ID'] = 'mine'
  await run('apply')
  t.match(api.state.clientGrants[0], { client_id: 'mine', scope: ['other', 'tool:whoami'] })
  t.equal(api.state.clients.length, 2)
})

t.test('adds scopes to the own grant of a client, and keeps a grant of all scopes', async t => {
  const { api, run } = await setUpTenant(t, { state: tenantWithDocument() })
  await run(`apply --client ${DOCUMENT}`)
  const { client_id: id } = api.state.clients.find(client => client['external_client_id'] === DOCUMENT) as Item
  api.state.clientGrants.push({ id: 'cgr', client_id: id, audience: RESOURCE, subject_type: 'user' })
  t.match((await run(`apply --client ${DOCUMENT}`)).output, /^✓ changed grant of the client https/m)
  t.match(api.state.clientGrants.at(-1), { scope: ['tool:whoami'] })
  Object.assign(api.state.clientGrants.at(-1) as Item, { scope: [], allow_all_scopes: true })
  t.match((await run(`--client ${DOCUMENT}`)).output, NOTHING)
})
