import { Type } from '@sinclair/typebox'
import { buildApp } from '../app.ts'
import { loadConfig } from '../config.ts'
import { defineTool, type Tool } from '../mcp/tool.ts'

// This server with a thousand tools.
const config = loadConfig(process.env)
const tools = Array.from({ length: 1000 }, (_, n) => makeTool(n))
const app = await buildApp({ config, tools })
await app.listen({ host: config.host, port: config.port })

function makeTool (n: number): Tool {
  return defineTool({
    name: `tool-${n}`,
    title: `Tool ${n}`,
    description: 'Looks a customer up by what is known of them, and gives the orders that were placed since a day.',
    scopes: [`tool:${n % 20}`],
    input: Type.Object({
      customer: Type.String({ description: 'A number, a name or an address.' }),
      since: Type.Optional(Type.String({ description: 'A day, as 2026-07-28.' })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 }))
    }, { additionalProperties: false }),
    output: Type.Object({ orders: Type.Array(Type.String()) }),
    annotations: { readOnlyHint: true },
    handler: () => ({ orders: [] })
  })
}
