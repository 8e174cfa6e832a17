import { Type } from '@sinclair/typebox'
import { buildApp } from '../../app.ts'
import { loadConfig } from '../../config.ts'
import { defineTool, type Tool } from '../../mcp/tool.ts'

// This server with a thousand tools, for W5.
const config = loadConfig(process.env)
const app = await buildApp({ config, tools: Array.from({ length: 1000 }, (_, n) => makeTool(n)) })
await app.listen({ host: config.host, port: config.port })

// An orderly exit writes the profile of --cpu-prof.
process.once('SIGTERM', () => process.exit())

function makeTool (n: number): Tool {
  return defineTool({
    name: `tool-${n}`,
    title: `Tool ${n}`,
    description: 'Finds a customer by number, name or address, and returns the orders placed since a day.',
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
