import { emptyTenant, type Item, type TenantState } from '../../dev/management/state.ts'
import type { Tool } from '../../mcp/tool.ts'
import whoami from '../../tools/whoami.ts'

/** The API that tools call as the user. */
export const ORDERS = 'https://orders.example'
/** Two tools that call ORDERS, and one that calls no API. */
export const TOOLS: readonly Tool[] = [whoami, callerOf('orders', 'read:orders'), callerOf('refund', 'read:orders', 'refund:orders')]

/** A tenant that has ORDERS. */
export function tenantWithOrders (members: Item = {}): TenantState {
  const state = emptyTenant()
  state.resourceServers.push({ id: 'api_orders', identifier: ORDERS, skip_consent_for_verifiable_first_party_clients: true, scopes: [{ value: 'read:orders' }, { value: 'refund:orders' }], ...members })
  return state
}

function callerOf (name: string, ...scopes: [string, ...string[]]): Tool {
  return { ...whoami, name, api: { audience: ORDERS, url: 'https://orders.example/v1', scopes } }
}
