import { Type } from '@sinclair/typebox'
import { defineTool, type Tool } from '../../mcp/tool.ts'

const Order = Type.Object({ id: Type.String(), item: Type.String() })

/** A tool that reads the orders of its caller from another API, as the caller. Run it: `npm run dev -- --example`. */
export function myOrders (audience: string, url: string): Tool {
  return defineTool({
    name: 'my_orders',
    title: 'My orders',
    description: 'Lists the orders of the user who asks.',
    scopes: ['tool:orders'],
    api: { audience, url, scopes: ['read:orders'] },
    annotations: { readOnlyHint: true, openWorldHint: false },
    input: Type.Object({}, { additionalProperties: false }),
    output: Type.Object({ orders: Type.Array(Order) }),

    async handler (_input, { api }) {
      const response = await api('/orders')
      if (!response.ok) throw new Error(`the API of orders answered ${response.status}`)
      return await response.json() as { orders: Array<{ id: string, item: string }> }
    }
  }) as Tool
}
