import { startOrdersApi } from '../examples/orders/api.ts'
import { myOrders } from '../examples/orders/tool.ts'
import type { Tool } from '../mcp/tool.ts'
import { oboClient } from './provider/clients.ts'
import type { Tenant } from './provider/tenant.ts'

/** What `npm run dev -- --example` adds: an API of orders, and a tool that calls it as the user. */
export interface Example {
  readonly env: Readonly<Record<'OBO_CLIENT_ID' | 'OBO_CLIENT_SECRET', string>>
  readonly tenant: Pick<Tenant, 'apis'>
  readonly tool: Tool
  /** Starts the API. @returns a function that ends it */
  start (issuer: string): Promise<() => Promise<void>>
}

/**
 * The example, with its API on a port of loopback.
 * @param port of the API
 */
export function exampleAt (port: number): Example {
  const audience = 'https://orders.example'
  return {
    env: { OBO_CLIENT_ID: oboClient.client_id, OBO_CLIENT_SECRET: oboClient.client_secret },
    tenant: { apis: [{ identifier: audience, scopes: ['read:orders'] }] },
    tool: myOrders(audience, `http://localhost:${port}`),
    start: async issuer => (await startOrdersApi(issuer, audience, port)).close
  }
}
