import t from 'tap'
import { emptyTenant, type Item, type TenantState } from '../../dev/management/state.ts'
import { RESOURCE, setUpTenant } from '../support/tenant.ts'

const NOTHING = /^The tenant has everything that the tools need\. Nothing to change\.$/m
const WRITE = /^(?:POST|PATCH|PUT|DELETE) /
const DOCUMENT = 'https://client.example.com/mcp.json'
const ALL = `--client ${DOCUMENT} --dcr --user alice@example.com`

/** A tenant with a document that can be imported. */
function tenant (): TenantState {
  const state = emptyTenant()
  state.documents.set(DOCUMENT, { client_name: 'Client', redirect_uris: ['https://client.example.com/callback'] })
  return state
}

t.test('plan prints what an empty tenant lacks, and changes nothing', async t => {
  const { api, run } = await setUpTenant(t)
  const before = JSON.stringify(api.state)
  const { code, output } = await run('')
  t.equal(code, 0)
  t.match(output, /^Tenant {2}localhost:\d+ \(by AUTH0_MGMT_TOKEN\)\nAPI {5}https:\/\/mcp\.example\.com\/mcp$/m)
  t.match(output, /^~ tenant settings\n {4}resource_parameter_profile: "audience" → "compatibility"\n {4}authorization_response_iss_parameter_supported: false → true$/m)
  t.match(output, /^\+ API https:\/\/mcp\.example\.com\/mcp\n {4}name: .*\n(?: {4}.*\n)* {4}signing_alg: "RS256"\n {4}enforce_policies: true\n {4}token_dialect: "rfc9068_profile_authz"\n(?: {4}.*\n)* {4}permission tool:whoami: Use the tool whoami$/m)
  t.match(output, /^~ permissions of the role "auth0-mcp-server user"\n {4}permission tool:whoami$/m)
  t.match(output, /^8 changes\. Nothing was changed\. To make them: npm run tenant -- apply$/m)
  t.equal(JSON.stringify(api.state), before)
  t.strictSame(api.requests.filter(request => WRITE.test(request)), [])
})

t.test('plan, apply, plan: nothing is left to change', async t => {
  const { api, run } = await setUpTenant(t, { state: tenant() })
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
  const { api, run } = await setUpTenant(t, { state: tenant() })
  await run(`apply --client ${DOCUMENT}`)
  const writes = api.requests.filter(request => WRITE.test(request))
  t.ok(writes.indexOf('POST clients/cimd/register') < writes.lastIndexOf('PATCH tenants/settings'))

  const other = await setUpTenant(t, { state: tenant() })
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
  const whole = await setUpTenant(t, { state: tenant() })
  await whole.run(`apply ${ALL}`)
  const writes = whole.api.requests.filter(request => WRITE.test(request)).length
  t.ok(writes > 9, `${writes} writes`)

  for (let last = 1; last <= writes; last++) {
    const { api, run } = await setUpTenant(t, { state: tenant() })
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

t.test('reads all pages of a long list', async t => {
  const state = emptyTenant()
  const many = (member: (i: number) => Item): Item[] => Array.from({ length: 250 }, (_, i) => member(i))
  state.resourceServers.push(...many(i => ({ id: `api_${i}`, identifier: `https://${i}.example`, scopes: [] })))
  state.roles.push(...many(i => ({ id: `rol_${i}`, name: `auth0-mcp-server user ${i}` })))
  state.connections.unshift(...many(i => ({ id: `con_${i}`, name: `connection-${i}` })))
  state.clients.push(...many(i => ({ client_id: `c_${i}`, name: `machine ${i}`, app_type: 'non_interactive' })))
  const { api, run } = await setUpTenant(t, { state })
  await run('apply')
  t.equal(api.requests.filter(request => request === 'GET resource-servers').length, 3)
  t.equal(api.requests.filter(request => request === 'GET connections').length, 3)
  t.match((await run('')).output, NOTHING)
})

t.test('plan reports what it must not change', async t => {
  const state = emptyTenant()
  Object.assign(state.settings, { default_audience: 'https://other.example', client_id_metadata_document_supported: true })
  state.rules.push({ name: 'Old rule', enabled: true })
  state.resourceServers.push({ id: 'api_slash', identifier: `${RESOURCE}/`, scopes: [] })
  state.connections.push({ id: 'con_more', name: 'google' })
  state.connections.shift()
  const { api, env, run } = await setUpTenant(t, { state })
  env['AUTH0_CLIENT_ID'] = 'unknown'
  const { output } = await run('--user nobody@example.com --connection Google')
  for (const notice of [
    /^! Default Audience is "https:\/\/other\.example", and it wins over the "resource".*it stays/m,
    /^! Third-party applications cannot log in where Rules are active: "Old rule"/m,
    /^! The tenant has an API with the identifier "https:\/\/mcp\.example\.com\/mcp\/", which differs from .*a second API is made/m,
    /^! The tenant has no user with the e-mail address nobody@example\.com/m,
    /^! The tenant has no connection "Google".*choose one with --connection: google\.$/m,
    /^! The tenant tells clients to use their metadata documents \(CIMD\)/m,
    /^! AUTH0_CLIENT_ID is "unknown", and the tenant has no such application\.$/m
  ]) t.match(output, notice)

  await run('apply')
  t.equal(api.state.settings['default_audience'], 'https://other.example')
  t.match(api.state.rules, [{ name: 'Old rule', enabled: true }])
  t.match(api.state.connections, [{ name: 'google', is_domain_connection: true }], 'the only connection is taken')
})

t.test('plan names what prevents an API', async t => {
  const state = emptyTenant()
  state.resourceServers.push({ id: 'api', identifier: RESOURCE, proof_of_possession: { mechanism: 'dpop' }, token_encryption: {}, subject_type_authorization: { user: { policy: 'deny_all' }, client: { policy: 'deny_all' } } })
  const { env, run } = await setUpTenant(t, { state })
  const { output } = await run('')
  for (const word of ['Sender Constraining', 'Token Encryption', 'nobody can log in', '"npm run token" gets no token']) t.match(output, word)

  env['MCP_RESOURCE_URL'] = 'https://tenant.test/api/v2'
  state.resourceServers[0] = { id: 'management', identifier: 'https://tenant.test/api/v2', is_system: true }
  t.match((await run('')).output, 'belongs to Auth0 and cannot be changed')
})

t.test('plan asks for the connection if there are several or none', async t => {
  const state = emptyTenant()
  state.connections.splice(0, 1, { id: 'a', name: 'one' }, { id: 'b', name: 'two' })
  const { api, run } = await setUpTenant(t, { state })
  t.match((await run('')).output, /^! No connection is at domain level.*choose one with --connection: one, two\.$/m)
  await run('apply --connection two')
  t.match(api.state.connections, [{ name: 'one', is_domain_connection: undefined }, { name: 'two', is_domain_connection: true }])

  state.connections.length = 0
  t.match((await run('')).output, /^! No connection is at domain level.*make a connection \(Dashboard > Authentication\)\.$/m)
})

t.test('plans an API with RFC 9068 tokens for a server that accepts only those', async t => {
  const { api, env, run } = await setUpTenant(t)
  api.state.resourceServers.push({ id: 'api', identifier: RESOURCE, signing_alg: 'RS256', enforce_policies: true, token_dialect: 'access_token_authz' })
  t.notMatch((await run('')).output, 'token_dialect')
  env['TOKEN_PROFILE'] = 'rfc9068'
  t.match((await run('')).output, /token_dialect: "access_token_authz" → "rfc9068_profile_authz"/)
})

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
  const { api, run } = await setUpTenant(t, { state: tenant() })
  await run(`apply --client ${DOCUMENT}`)
  const { client_id: id } = api.state.clients.find(client => client['external_client_id'] === DOCUMENT) as Item
  api.state.clientGrants.push({ id: 'cgr', client_id: id, audience: RESOURCE, subject_type: 'user' })
  t.match((await run(`apply --client ${DOCUMENT}`)).output, /^✓ changed grant of the client https/m)
  t.match(api.state.clientGrants.at(-1), { scope: ['tool:whoami'] })
  Object.assign(api.state.clientGrants.at(-1) as Item, { scope: [], allow_all_scopes: true })
  t.match((await run(`--client ${DOCUMENT}`)).output, NOTHING)
})

t.test('prints the known trap of the callbacks of each client', async t => {
  const { run } = await setUpTenant(t)
  t.match((await run('--client claude-code --client codex --client vscode')).output, /^! Claude Code takes a random port.*\n! Codex takes a random port/m)
})
