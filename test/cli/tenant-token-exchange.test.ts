import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import type { Item } from '../../dev/management/state.ts'
import { RESOURCE, setUpTenant, WRITE } from '../support/tenant.ts'
import { ORDERS, tenantWithOrders, TOOLS } from '../support/tenant-exchange.ts'

const SECRET = 'a-secret-of-the-application'
const PROFILE = 'on_behalf_of_token_exchange'

t.test('apply makes the application that exchanges tokens and its grant, shows no secret, and does it once', async t => {
  const { api, env, run } = await setUpTenant(t, { state: tenantWithOrders(), tools: TOOLS })
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
    const { api, run } = await setUpTenant(t, { state: tenantWithOrders(), tools: TOOLS })
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
    const state = tenantWithOrders()
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
  const state = tenantWithOrders()
  state.clients.push({ client_id: 'other', name: 'Other', app_type: 'resource_server', resource_server_identifier: ORDERS })
  const { env, run } = await setUpTenant(t, { state, tools: TOOLS })
  Object.assign(env, { OBO_CLIENT_ID: 'other', OBO_CLIENT_SECRET: SECRET })
  t.match((await run('')).output, /^! OBO_CLIENT_ID is "other", the application "Other", which does not belong to the API https:\/\/mcp.*\n! .* set OBO_CLIENT_ID/m)
  env['OBO_CLIENT_ID'] = 'gone'
  t.match((await run('')).output, /^! OBO_CLIENT_ID is "gone", and the tenant has no such application\.$/m)
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
