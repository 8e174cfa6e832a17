import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { setUpTenant, RESOURCE } from '../support/tenant.ts'

const EVERY_OPTION = '--client claude-code --client https://claude.code/ --dcr --user alice@example.com --connection Our-users'

t.test('export --terraform writes a configuration that names the same things as the plan', async t => {
  const { run, api } = await setUpTenant(t)
  const file = join(t.testdir(), 'auth0.tf.json')
  t.strictSame(await run(`export --terraform --output ${file} ${EVERY_OPTION}`), { code: 0, output: `Wrote ${file}.` })
  t.strictSame(api.requests, [], 'no request is needed')

  const { resource, import: imports, data } = JSON.parse(readFileSync(file, 'utf8'))
  t.match(resource.auth0_tenant.mcp, { resource_parameter_profile: 'compatibility', client_id_metadata_document_supported: true, flags: { enable_dynamic_client_registration: true } })
  t.match(resource.auth0_resource_server.mcp, { identifier: RESOURCE, signing_alg: 'RS256', enforce_policies: true, token_dialect: 'rfc9068_profile_authz' })
  t.match(resource.auth0_resource_server_scope, { tool_whoami: { scope: 'tool:whoami', description: 'Use the tool whoami' } })
  t.match(resource.auth0_role_permission.tool_whoami, { permission: /^\$\{auth0_resource_server_scope\.tool_whoami\.scope\}$/ })
  t.match(resource.auth0_client_grant, { third_parties: { default_for: 'third_party_clients', scopes: ['tool:whoami'], subject_type: 'user' }, machine: { subject_type: 'client' } })
  t.match(resource.auth0_connection.users, { name: 'Our-users', is_domain_connection: true })
  t.match(Object.values(resource.auth0_client_cimd), [{ external_client_id: 'https://claude.ai/oauth/claude-code-client-metadata' }, { external_client_id: 'https://claude.code/' }])
  t.match([imports, data.auth0_user], [[{ to: 'auth0_connection.users' }], { alice_example_com: { query: 'email:"alice@example.com"' } }])

  await t.rejects(run(`export --terraform --output ${file}`), { message: `${file} exists, and somebody may have edited it. Move it away, or name another file with --output` }, 'an existing file stays')
  t.equal((await run(`export --terraform --output ${file}.2`)).code, 0)
  const plain = JSON.parse(readFileSync(`${file}.2`, 'utf8'))
  t.strictSame(plain.resource.auth0_tenant.mcp, { resource_parameter_profile: 'compatibility' })
  t.notOk('auth0_client_cimd' in plain.resource || 'data' in plain)
})

t.test('export --terraform gives things of similar names different keys', async t => {
  const { run } = await setUpTenant(t)
  const file = join(t.testdir(), 'auth0.tf.json')
  await run(`export --terraform --output ${file} --user a.b@example.com --user a_b@example.com --user 1@example.com`)
  t.strictSame(Object.keys(JSON.parse(readFileSync(file, 'utf8')).resource.auth0_user_role), ['a_b_example_com', 'a_b_example_com_1', 'x1_example_com'])
})

t.test('export --deploy-cli writes YAML that names the same things as the plan', async t => {
  const { run } = await setUpTenant(t)
  const file = join(t.testdir(), 'auth0.yaml')
  t.equal((await run(`export --deploy-cli --output ${file} ${EVERY_OPTION}`)).code, 0)
  t.match(parse(readFileSync(file, 'utf8')), {
    tenant: { resource_parameter_profile: 'compatibility', authorization_response_iss_parameter_supported: true, client_id_metadata_document_supported: true, flags: { enable_dynamic_client_registration: true } },
    resourceServers: [{ identifier: RESOURCE, signing_alg: 'RS256', enforce_policies: true, scopes: [{ value: 'tool:whoami', description: 'Use the tool whoami' }] }],
    roles: [{ permissions: [{ permission_name: 'tool:whoami', resource_server_identifier: RESOURCE }] }],
    clients: [{ name: 'claude-code', external_client_id: 'https://claude.ai/oauth/claude-code-client-metadata' }, {}, { app_type: 'non_interactive' }],
    clientGrants: [{ default_for: 'third_party_clients', subject_type: 'user', scope: ['tool:whoami'] }, { subject_type: 'client' }],
    databases: [{ name: 'Our-users', is_domain_connection: true }]
  })
  await run(`export --deploy-cli --output ${file}.2`)
  const plain = parse(readFileSync(`${file}.2`, 'utf8'))
  t.strictSame(plain.tenant, { resource_parameter_profile: 'compatibility', authorization_response_iss_parameter_supported: true })
  t.equal(plain.databases[0].name, 'Username-Password-Authentication')
})
