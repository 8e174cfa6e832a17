import { Type } from '@sinclair/typebox'
import { defineTool, elicit, ToolError } from '../../../mcp/tool.ts'

const QUESTION = elicit('Really?', Type.Object({ yes: Type.Boolean() }))
/** A tool that names an argument for the log. The path decides how a call ends. */
export const remove = defineTool({
  name: 'remove',
  title: 'Remove',
  description: 'Ends in every way that a tool can.',
  scopes: ['files:write', 'files:read'],
  input: Type.Object({ path: Type.String(), why: Type.Optional(Type.String()), more: Type.Optional(Type.Unknown()) }),
  output: Type.Object({}),
  audit: ['path', 'more'],
  handler ({ path }, { ask }) {
    if (path === 'nothing') throw new ToolError('There is no such file.')
    if (path === 'fault') throw new Error('the disk is on fire')
    if (path === 'ask') ask({ sure: QUESTION })
    return {}
  }
})

/** The scopes that the tool needs. */
export const SCOPE = 'files:write files:read'
