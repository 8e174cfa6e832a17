import t from 'tap'
import { emptyTenant, type Item } from '../../dev/management/state.ts'
import { NOTHING, RESOURCE, setUpTenant, WRITE } from '../support/tenant.ts'

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

t.test('prints the known trap of the callbacks of each client', async t => {
  const { run } = await setUpTenant(t)
  t.match((await run('--client claude-code --client codex --client vscode')).output, /^! Claude Code takes a random port.*\n! Codex takes a random port/m)
})
