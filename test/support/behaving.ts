import { Type } from '@sinclair/typebox'
import { defineTool, type Context } from '../../mcp/tool.ts'
import { build, modern, type Setup, type Test } from './build.ts'
import { contentTools } from './tools/content.ts'

/** A server whose tools do what the test says. */
export interface BehavingSetup extends Setup {
  /** Sets the handler of the tools. */
  behave (handler: (context: Context) => unknown): void
  /** How often the tool `typed` ran. */
  ran (): number
  /** A token for every tool. */
  readonly token: string
  /** Calls a tool. */
  run (name: string, args?: unknown): Promise<any>
}

/** A server with tools of every kind of output, whose handler each test provides. */
export async function buildBehaving (t: Test): Promise<BehavingSetup> {
  let behaviour: (context: Context) => unknown = () => []
  let ran = 0
  const about = { title: 'T', description: 'D.', scopes: ['test:content'] as const, input: Type.Object({}) }
  const setup = await build(t, {
    tools: [
      ...contentTools,
      defineTool({ ...about, name: 'content', handler: (_input, context) => behaviour(context) as [] }),
      defineTool({ ...about, name: 'data', output: Type.Object({ n: Type.Number() }), handler: (_input, context) => behaviour(context) as { n: number } }),
      defineTool({ ...about, name: 'any', output: Type.Union([Type.Null(), Type.String(), Type.Array(Type.Number())]), handler: (_input, context) => behaviour(context) as null }),
      defineTool({
        ...about,
        name: 'typed',
        icons: [{ src: 'data:image/png;base64,AA==', mimeType: 'image/png', sizes: ['any'], theme: 'dark' }],
        annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
        input: Type.Object({ city: Type.String(), days: Type.Optional(Type.Integer({ minimum: 1 })) }, { additionalProperties: false }),
        output: Type.Object({ city: Type.String() }),
        handler ({ city }) {
          ran++
          return { city }
        }
      })
    ]
  })
  const token = setup.issuer.token({ scope: 'test:content' })
  return {
    ...setup,
    token,
    ran: () => ran,
    behave (handler) { behaviour = handler },
    async run (name, args) {
      const { message, headers } = modern('tools/call', { name, ...(args !== undefined && { arguments: args }) })
      const response = await setup.post(message, token, headers)
      return { status: response.statusCode, requestId: response.headers['x-request-id'], ...response.json() }
    }
  }
}
