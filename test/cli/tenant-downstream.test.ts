import t from 'tap'
import { downstreamOf } from '../../cli/tenant/downstream.ts'
import whoami from '../../tools/whoami.ts'
import { setUpTenant } from '../support/tenant.ts'
import { ORDERS, tenantWithOrders, TOOLS } from '../support/tenant-exchange.ts'

t.test('the APIs of tools are listed once, with the scopes that all their tools need', async t => {
  t.strictSame(downstreamOf(TOOLS), [{ audience: ORDERS, scopes: ['read:orders', 'refund:orders'], tools: ['orders', 'refund'] }])
  t.strictSame(downstreamOf([whoami]), [])
})

t.test('plan reports what the owner of the other API has to change, and never grants what it lacks', async t => {
  const bare = await setUpTenant(t, { tools: TOOLS })
  const { output } = await bare.run('')
  t.match(output, /^! The tenant has no API https:\/\/orders\.example \(tools: orders, refund\)\. Make it/m)
  t.notMatch(output, 'user grant of the exchanging')

  const { api, run } = await setUpTenant(t, { state: tenantWithOrders({ scopes: [{ value: 'read:orders' }], skip_consent_for_verifiable_first_party_clients: false }), tools: TOOLS })
  const before = JSON.stringify(api.state.resourceServers[1])
  const partly = (await run('apply')).output
  t.match(partly, /^! The API https:\/\/orders\.example has no permission refund:orders \(tools: orders, refund\)\. Its owner has to add it/m)
  t.match(partly, /^! The API https:\/\/orders\.example asks users for consent.*patch resource-servers\/api_orders --data '\{"skip_consent/m)
  t.strictSame(api.state.clientGrants.at(-1)?.['scope'], ['read:orders'])
  t.equal(JSON.stringify(api.state.resourceServers[1]), before)

  const without = await setUpTenant(t, { state: tenantWithOrders({ scopes: undefined }), tools: TOOLS })
  t.match((await without.run('')).output, /has no permission read:orders, refund:orders/)
})
