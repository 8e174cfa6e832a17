import { Type } from '@sinclair/typebox'
import { defineTool } from '../../../mcp/tool.ts'

/** A tool with a scope of its own. */
export const greet = defineTool({
  name: 'greet',
  title: 'Greet',
  description: 'Needs a scope of its own.',
  scopes: ['tool:greet'],
  input: Type.Object({}),
  output: Type.Object({ greeting: Type.String() }),
  handler: () => ({ greeting: 'hello' })
})
