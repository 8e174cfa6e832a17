import t from 'tap'
import { emptyTenant, type Item } from '../../dev/management/state.ts'
import { DOCUMENT, NOTHING, RESOURCE, setUpTenant, tenantWithDocument, WRITE } from '../support/tenant.ts'

const ALL = `--client ${DOCUMENT} --dcr --user alice@example.com`

t.test('plan, apply, plan: nothing is left to change', async t => {
  const { api, run } = await setUpTenant(t, { state: tenantWithDocument() })
  t.match(await run(`plan ${ALL}`), { code: 0, output: new RegExp(`npm run tenant -- apply ${ALL}$`, 'm') })
  const { code, output } = await run(`apply ${ALL}`)
  t.equal(code, 0)
  t.match(output, /^✓ created API .*\n {4}undo: auth0 api delete resource-servers\/api_2$/m)
  t.match(output, /^ {4}undo: auth0 api patch tenants\/settings --data '\{"resource_parameter_profile":"audience","authorization_response_iss_parameter_supported":false\}'$/m)
  t.notMatch(output, /secret-of-/)

  const asked = api.requests.length
  for (const args of [ALL, `apply ${ALL}`, '']) t.match(await run(args), { code: 0, output: args === '' ? /CIMD.*\n.*Nothing to change/ : NOTHING })
  t.strictSame(api.requests.slice(asked).filter(request => WRITE.test(request)), [])
  t.strictSame(api.requests.filter(request => request.startsWith('DELETE')), [])

  const { settings, resourceServers, roles, userRoles, clientGrants, connections, clients } = api.state
  t.match(settings, { resource_parameter_profile: 'compatibility', authorization_response_iss_parameter_supported: true, client_id_metadata_document_supported: true, flags: { enable_dynamic_client_registration: true }, friendly_name: 'Tests' })
  t.match(resourceServers.at(-1), { identifier: RESOURCE, signing_alg: 'RS256', enforce_policies: true, token_dialect: 'rfc9068_profile_authz', scopes: [{ value: 'tool:whoami', description: 'Use the tool whoami' }] })
  t.strictSame(userRoles.get('auth0|a11ce0000000000000000001'), [roles[0]?.['id']])
  t.match(clientGrants, [{ default_for: 'third_party_clients', subject_type: 'user', audience: RESOURCE, scope: ['tool:whoami'] }, { client_id: /^client_/, subject_type: 'client', scope: ['tool:whoami'] }])
  t.match(connections, [{ is_domain_connection: true, display_name: 'Our users', options: { brute_force_protection: true } }])
  t.match(clients.find(client => client['external_client_id'] === DOCUMENT), { name: 'Client' })
  Object.assign(connections[0] as Item, { is_domain_connection: false })
  t.match((await run('')).output, /^1 change\. Nothing was changed\. To make it: npm run tenant -- apply$/m)
})

t.test('apply imports the documents of the clients before it advertises CIMD', async t => {
  const { api, run } = await setUpTenant(t, { state: tenantWithDocument() })
  await run(`apply --client ${DOCUMENT}`)
  const writes = api.requests.filter(request => WRITE.test(request))
  t.ok(writes.indexOf('POST clients/cimd/register') < writes.lastIndexOf('PATCH tenants/settings'))

  const other = await setUpTenant(t, { state: tenantWithDocument() })
  await t.rejects(other.run('apply --client vscode'), /^✗ client vscode: POST clients\/cimd\/register: status 400, The metadata document at https:\/\/vscode\.dev\/.* cannot be fetched\n\d of \d+ changes are made\. Run the same command again/)
  t.not(other.api.state.settings['client_id_metadata_document_supported'], true)

  other.api.state.documents.set('https://vscode.dev/oauth/client-metadata.json', {})
  await t.rejects(other.run('apply --client vscode'), /does not accept the document of vscode: \["redirect_uris is missing"\]/)
  t.not(other.api.state.settings['client_id_metadata_document_supported'], true)
})

t.test('apply asks first, and changes nothing without a yes', async t => {
  const { api, run } = await setUpTenant(t)
  const { code, output } = await run('apply', false)
  t.match([code, output], [1, /^Nothing was changed\.$/m])
  t.strictSame(api.requests.filter(request => WRITE.test(request)), [])
  t.match(await run('apply --yes', false), { code: 0, output: /^Done\./m })
})

t.test('apply changes an existing API, and keeps what others have in the tenant', async t => {
  const state = emptyTenant()
  state.resourceServers.push({ id: 'api_other', name: 'Other', identifier: 'https://other.example', scopes: [{ value: 'read:it', description: 'R' }] }, {
    id: 'api_ours', name: 'Our API', identifier: RESOURCE, signing_alg: 'HS256', token_dialect: 'access_token', token_lifetime: 7200, scopes: [{ value: 'read:it', description: 'Somebody\'s' }]
  })
  state.roles.push({ id: 'rol_ours', name: 'auth0-mcp-server user' }, { id: 'rol_more', name: 'auth0-mcp-server users' })
  state.rolePermissions.set('rol_ours', [{ resource_server_identifier: 'https://other.example', permission_name: 'tool:whoami' }])
  state.clientGrants.push({ id: 'cgr_ours', default_for: 'third_party_clients', audience: RESOURCE, subject_type: 'user', scope: ['read:it'] })
  state.clients.push({ client_id: 'machine', name: 'auth0-mcp-server machine', app_type: 'non_interactive' })
  state.settings.flags['other'] = true
  const { api, run } = await setUpTenant(t, { state })

  const { output } = await run('apply')
  t.match(output, /^~ API .*\n {4}signing_alg: "HS256" → "RS256"\n {4}enforce_policies: false → true\n {4}token_dialect: "access_token" → "access_token_authz"$/m)
  t.match(output, /^ {4}undo: auth0 api patch resource-servers\/api_ours --data '\{"scopes":\[\{"value":"read:it","description":"Somebody'\\''s"\}\]\}'$/m)
  t.match(api.state.resourceServers.at(-1), { name: 'Our API', signing_alg: 'RS256', enforce_policies: true, token_dialect: 'access_token_authz', token_lifetime: 7200, scopes: [{ value: 'read:it', description: 'Somebody\'s' }, { value: 'tool:whoami' }] })
  t.match(api.state.rolePermissions.get('rol_ours'), [{ resource_server_identifier: 'https://other.example' }, { resource_server_identifier: RESOURCE, permission_name: 'tool:whoami' }])
  t.strictSame(api.state.clientGrants.map(({ scope }) => scope), [['read:it', 'tool:whoami'], ['tool:whoami']])
  t.equal(api.state.settings.flags['other'], true)
  t.equal(api.state.clients.length, 2)
  t.match((await run('')).output, NOTHING)
})

t.test('apply can be run again after any interrupted request, and ends in the same state', async t => {
  const whole = await setUpTenant(t, { state: tenantWithDocument() })
  await whole.run(`apply ${ALL}`)
  const writes = whole.api.requests.filter(request => WRITE.test(request)).length
  t.ok(writes > 9, `${writes} writes`)

  for (let last = 1; last <= writes; last++) {
    const { api, run } = await setUpTenant(t, { state: tenantWithDocument() })
    let count = 0
    api.intercept = ({ method }, response) => {
      // The change is made, but its answer does not arrive.
      if (method !== 'GET' && ++count === last) response.end = () => response.destroy()
      return false
    }
    await t.rejects(run(`apply ${ALL}`), new RegExp(`^✗ .*no answer from .*\\n${last - 1} of ${writes} changes are made\\. Run the same command again`))
    t.equal((await run(`apply ${ALL}`)).code, 0)
    t.strictSame(api.state, whole.api.state, `cut off after ${last}`)
  }
})
