import t from 'tap'
import { desiredState } from '../../cli/tenant/desired.ts'
import { createManagement } from '../../cli/tenant/management.ts'
import { loadConfig } from '../../config.ts'
import { issuerTenant } from '../../dev/management/issuer-tenant.ts'
import { startManagement } from '../../dev/management/index.ts'
import type { Tool } from '../../mcp/tool.ts'
import { RESOURCE, setUpTenant } from '../support/tenant.ts'

const NOTHING_REQUESTED = { clients: [], registration: false, connection: undefined, users: [] }

t.test('refuses requests as the Management API of Auth0 does', async t => {
  const api = await startManagement()
  t.teardown(() => api.close())
  const ask = async (method: string, path: string, body?: unknown): Promise<[number, any]> => {
    const response = await fetch(`${api.url}api/v2/${path}`, { method, headers: { authorization: `Bearer ${api.token}` }, ...(body !== undefined && { body: JSON.stringify(body) }) })
    const text = await response.text()
    return [response.status, text === '' ? undefined : JSON.parse(text)]
  }

  t.match(await ask('POST', 'resource-servers', { identifier: RESOURCE, scopes: [{ value: 'a' }] }), [201, { id: 'api_2' }])
  t.match(await ask('POST', 'resource-servers', { identifier: RESOURCE }), [409, { errorCode: 'existing_resource_server', error: 'Conflict' }])
  t.match(await ask('PATCH', 'resource-servers/api_2', { identifier: 'other' }), [400, { errorCode: 'invalid_body', message: /identifier/ }])
  t.match(await ask('PATCH', 'resource-servers/none', {}), [404, { statusCode: 404 }])

  const grant = { default_for: 'third_party_clients', audience: RESOURCE, subject_type: 'user', scope: [] }
  t.match(await ask('POST', 'client-grants', grant), [201, {}])
  t.match(await ask('POST', 'client-grants', grant), [409, { errorCode: 'grant_conflict' }])

  t.match(await ask('POST', 'roles', { name: 'r' }), [201, { id: 'rol_1' }])
  t.match(await ask('POST', 'roles', { name: 'r' }), [409, { errorCode: 'role_conflict' }])
  const permissions = [{ resource_server_identifier: RESOURCE, permission_name: 'a' }]
  for (const time of ['once', 'again']) t.strictSame(await ask('POST', 'roles/rol_1/permissions', { permissions }), [201, undefined], time)
  t.match(await ask('GET', 'roles/rol_1/permissions'), [200, permissions], 'a bare array without include_totals')
  t.match(await ask('GET', 'roles'), [200, [{ name: 'r' }]])
  t.match(await ask('GET', 'connections'), [200, [{ id: 'con_users' }]], 'a bare array without take')

  api.state.documents.set('https://a.example/', { client_name: 'A', redirect_uris: [] })
  for (const time of ['once', 'again']) t.match(await ask('POST', 'clients/cimd/register', { external_client_id: 'https://a.example/' }), [201, { validation: { valid: true } }], time)
  t.equal(api.state.clients.length, 2)
  t.strictSame(issuerTenant(api.state, RESOURCE).documents, ['https://a.example/'])
  t.strictSame(issuerTenant(api.state, RESOURCE).thirdPartyGrant, [])

  const owned = { app_type: 'resource_server', resource_server_identifier: RESOURCE, token_exchange: { allow_any_profile_of_type: ['on_behalf_of_token_exchange'] } }
  t.match(issuerTenant(api.state, RESOURCE), { exchange: false, apis: [] })
  t.match(await ask('POST', 'clients', { ...owned, resource_server_identifier: 'none' }), [404, {}])
  t.match(await ask('POST', 'clients', owned), [201, { client_id: 'client_3' }])
  t.match(await ask('POST', 'clients', owned), [409, { errorCode: 'client_conflict' }])
  t.match(await ask('POST', 'client-grants', { client_id: 'client_3', audience: RESOURCE, subject_type: 'user', scope: ['a'] }), [201, {}])
  t.match(issuerTenant(api.state, RESOURCE), { exchange: true, apis: [{ identifier: RESOURCE, scopes: ['a'] }] })
  t.match(await ask('PATCH', 'clients/client_3', { resource_server_identifier: 'other' }), [400, { errorCode: 'invalid_body' }])
  t.match(await ask('PATCH', 'clients/client_3', { token_exchange: null }), [200, {}])
  t.equal(issuerTenant(api.state, RESOURCE).exchange, false)

  t.match(await ask('DELETE', 'roles/rol_1'), [404, { errorCode: 'not_found' }])
  t.match(await ask('POST', 'roles/rol_1/permissions', {}), [500, { errorCode: 'fault' }])
})

t.test('describes a permission by all tools that need it, and names an API without a title after the server', async t => {
  const tools = ['a', 'b'].map(name => ({ name, scopes: ['s'] }) as unknown as Tool)
  const { names, scopes } = desiredState(tools, { name: 'n' }, loadConfig({ AUTH0_DOMAIN: 't.eu.auth0.com' }), undefined, NOTHING_REQUESTED)
  t.strictSame(scopes, [{ value: 's', description: 'Use the tools a, b' }])
  t.equal(names.api, 'n')
})

t.test('ends a list with a wrong total at an empty page', async t => {
  const tenant = createManagement(async () => ({ status: 200, document: { total: 9, x: [] } }))
  t.strictSame(await tenant.list('x', 'x'), [])
  const broken = createManagement(async () => ({ status: 500, document: null }))
  await t.rejects(broken.get('x'), /status 500, without a message$/)
})

t.test('tenant treats a missing setting as unset, and counts it as one change', async t => {
  const { api, run } = await setUpTenant(t)
  await run('apply')
  api.state.settings['resource_parameter_profile'] = 'audience'
  t.match((await run('')).output, /^1 change\. Nothing was changed\. To make it:/m)
  api.intercept = ({ url }, response) => /fields=client_id_metadata|users-by-email/.test(url ?? '') && response.writeHead(404).end() !== undefined
  t.match((await run('--user alice@example.com')).output, /^! The tenant has no user/m)
  t.match((await run('apply')).output, /^✓ changed tenant settings$/m)
})
