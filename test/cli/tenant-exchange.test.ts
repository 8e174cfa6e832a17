import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { downstreamOf } from '../../cli/tenant/downstream.ts'
import { emptyTenant, type Item, type TenantState } from '../../dev/management/state.ts'
import type { Tool } from '../../mcp/tool.ts'
import whoami from '../../tools/whoami.ts'
import { RESOURCE, setUpTenant } from '../support/tenant.ts'

// The application that exchanges tokens of users, for tools that call an API.

const ORDERS = 'https://orders.example'
const TOOLS: readonly Tool[] = [whoami, callerOf('orders', 'read:orders'), callerOf('refund', 'read:orders', 'refund:orders')]
const SECRET = 'a-secret-of-the-application'
const PROFILE = 'on_behalf_of_token_exchange'
const WRITE = /^(?:POST|PATCH|PUT|DELETE) /

function callerOf (name: string, ...scopes: [string, ...string[]]): Tool {
  return { ...whoami, name, api: { audience: ORDERS, url: 'https://orders.example/v1', scopes } }
}

/** A tenant with the API that the tools call. */
function tenant (members: Item = {}): TenantState {
  const state = emptyTenant()
  state.resourceServers.push({ id: 'api_orders', identifier: ORDERS, skip_consent_for_verifiable_first_party_clients: true, scopes: [{ value: 'read:orders' }, { value: 'refund:orders' }], ...members })
  return state
}

t.test('the APIs of tools are listed once, with the scopes that all their tools need', async t => {
  t.strictSame(downstreamOf(TOOLS), [{ audience: ORDERS, scopes: ['read:orders', 'refund:orders'], tools: ['orders', 'refund'] }])
  t.strictSame(downstreamOf([whoami]), [])
})

t.test('apply makes the application that exchanges tokens and its grant, shows no secret, and does it once', async t => {
  const { api, env, run } = await setUpTenant(t, { state: tenant(), tools: TOOLS })
  const { output } = await run('apply')
  t.match(output, /^\+ application "auth0-mcp-server exchange", which exchanges tokens of users\n {4}app_type: "resource_server"\n {4}token_exchange: .*on_behalf_of_token_exchange.*\n {4}resource_server_identifier: "https:\/\/mcp\.example\.com\/mcp"$/m)
  t.match(output, /^\+ user grant of the exchanging application for the API https:\/\/orders\.example\n {4}scope: read:orders refund:orders\n {4}subject_type: user$/m)
  t.match(output, /^! For tools that call an API as the user, set OBO_CLIENT_ID and OBO_CLIENT_SECRET to those of the application "auth0-mcp-server exchange"/m)
  t.match(output, /^✓ created application .*\n {4}undo: auth0 api delete clients\/client_3\n✓ created user grant .*\n {4}undo: auth0 api delete client-grants\/cgr_3$/m)
  t.notMatch(output, /secret-of-/)
  const [, , made] = api.state.clients
  t.match(made, { app_type: 'resource_server', resource_server_identifier: RESOURCE, token_exchange: { allow_any_profile_of_type: [PROFILE] } })
  t.match(api.state.clientGrants.at(-1), { client_id: made?.['client_id'], audience: ORDERS, subject_type: 'user', scope: ['read:orders', 'refund:orders'] })

  const asked = api.requests.length
  t.match((await run('apply')).output, /^! For tools that call an API.*\n.*Nothing to change/m)
  Object.assign(env, { OBO_CLIENT_ID: made?.['client_id'], OBO_CLIENT_SECRET: SECRET })
  const last = (await run('apply')).output
  t.match(last, /Nothing to change/)
  t.notMatch(last, /^!/m)
  t.notMatch(last, SECRET)
  t.strictSame(api.requests.slice(asked).filter(request => WRITE.test(request)), [])
})

t.test('apply can be run again after the answer about the application or its grant was lost', async t => {
  for (const path of ['clients', 'client-grants']) {
    const { api, run } = await setUpTenant(t, { state: tenant(), tools: TOOLS })
    let left = path === 'clients' ? 2 : 3
    api.intercept = ({ method, url }, response) => {
      if (method === 'POST' && url === `/api/v2/${path}` && --left === 0) response.end = () => response.destroy()
      return false
    }
    await t.rejects(run('apply'), /no answer from/)
    t.equal((await run('apply')).code, 0)
    t.equal(api.state.clients.length, 3)
    t.equal(api.state.clientGrants.length, 3)
  }
})

t.test('apply switches the exchange on for an application of the API, extends its grant, and keeps what others set', async t => {
  for (const [found, undo] of [[{ allow_any_profile_of_type: ['custom_authentication'] }, /--data '\{"token_exchange":\{"allow_any_profile_of_type":\["custom_authentication"\]\}\}'/], [{}, /--data '\{"token_exchange":\{\}\}'/], [undefined, /--data '\{"token_exchange":null\}'/]] as const) {
    const state = tenant()
    state.resourceServers.push({ id: 'ours', identifier: RESOURCE, scopes: [] })
    state.clients.push({ client_id: 'mine', name: 'Mine', app_type: 'resource_server', resource_server_identifier: RESOURCE, token_exchange: found })
    state.clientGrants.push({ id: 'cgr', client_id: 'mine', audience: ORDERS, subject_type: 'user', scope: ['other', 'read:orders'] })
    const { api, env, run } = await setUpTenant(t, { state, tools: TOOLS })
    Object.assign(env, { OBO_CLIENT_ID: 'mine', OBO_CLIENT_SECRET: SECRET })
    t.match((await run('apply')).output, undo)
    t.strictSame((api.state.clients.at(1)?.['token_exchange'] as Item)['allow_any_profile_of_type'], [...found?.allow_any_profile_of_type ?? [], PROFILE])
    t.strictSame(api.state.clientGrants[0]?.['scope'], ['other', 'read:orders', 'refund:orders'])
    t.equal(api.state.clients.filter(({ app_type: type }) => type === 'resource_server').length, 1)
    t.match((await run('')).output, /Nothing to change/)
  }
})

t.test('plan names an OBO_CLIENT_ID that is no application of the API', async t => {
  const state = tenant()
  state.clients.push({ client_id: 'other', name: 'Other', app_type: 'resource_server', resource_server_identifier: ORDERS })
  const { env, run } = await setUpTenant(t, { state, tools: TOOLS })
  Object.assign(env, { OBO_CLIENT_ID: 'other', OBO_CLIENT_SECRET: SECRET })
  t.match((await run('')).output, /^! OBO_CLIENT_ID is "other", the application "Other", which does not belong to the API https:\/\/mcp.*\n! .* set OBO_CLIENT_ID/m)
  env['OBO_CLIENT_ID'] = 'gone'
  t.match((await run('')).output, /^! OBO_CLIENT_ID is "gone", and the tenant has no such application\.$/m)
})

t.test('plan reports what the owner of the other API has to change, and never grants what it lacks', async t => {
  const bare = await setUpTenant(t, { tools: TOOLS })
  const { output } = await bare.run('')
  t.match(output, /^! The tenant has no API https:\/\/orders\.example \(tools: orders, refund\)\. Make it/m)
  t.notMatch(output, 'user grant of the exchanging')

  const { api, run } = await setUpTenant(t, { state: tenant({ scopes: [{ value: 'read:orders' }], skip_consent_for_verifiable_first_party_clients: false }), tools: TOOLS })
  const before = JSON.stringify(api.state.resourceServers[1])
  const partly = (await run('apply')).output
  t.match(partly, /^! The API https:\/\/orders\.example has no permission refund:orders \(tools: orders, refund\)\. Its owner has to add it/m)
  t.match(partly, /^! The API https:\/\/orders\.example asks users for consent.*patch resource-servers\/api_orders --data '\{"skip_consent/m)
  t.strictSame(api.state.clientGrants.at(-1)?.['scope'], ['read:orders'])
  t.equal(JSON.stringify(api.state.resourceServers[1]), before)

  const without = await setUpTenant(t, { state: tenant({ scopes: undefined }), tools: TOOLS })
  t.match((await without.run('')).output, /has no permission read:orders, refund:orders/)
})

t.test('export writes the application and its grant in both formats', async t => {
  const { run } = await setUpTenant(t, { tools: TOOLS })
  const folder = t.testdir()
  await run(`export --terraform --output ${join(folder, 'a')}`)
  await run(`export --deploy-cli --output ${join(folder, 'b')}`)
  const { resource } = JSON.parse(readFileSync(join(folder, 'a'), 'utf8'))
  t.match(resource.auth0_client.exchange, { app_type: 'resource_server', token_exchange: { allow_any_profile_of_type: [PROFILE] }, resource_server_identifier: /auth0_resource_server\.mcp\.identifier/ })
  t.match(resource.auth0_client_grant.exchange_https_orders_example, { client_id: /auth0_client\.exchange\.id/, audience: ORDERS, scopes: ['read:orders', 'refund:orders'], subject_type: 'user' })
  const yaml = parse(readFileSync(join(folder, 'b'), 'utf8'))
  t.match(yaml.clients.at(-1), { name: 'auth0-mcp-server exchange', app_type: 'resource_server', resource_server_identifier: RESOURCE })
  t.match(yaml.clientGrants.at(-1), { client_id: 'auth0-mcp-server exchange', audience: ORDERS, subject_type: 'user', scope: ['read:orders', 'refund:orders'] })
})
