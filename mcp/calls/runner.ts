import { authorize as decideAll } from './authorize.ts'
import { confirm, type Confirming } from '../elicitation/confirm.ts'
import type { Json } from '../message.ts'
import type { Access, Context, Tool } from '../tool.ts'

/** Runs a tool with these arguments, which are right. */
export type Run = (args: unknown, context: Context & Confirming) => unknown

/**
 * Runs a tool after the decisions about the call: those of the server, of the tool, and of the user. A tool without any
 * runs as it is.
 */
export function runner (tool: Tool, ofServer: Access['authorize']): Run {
  const hooks = [ofServer, tool.authorize?.bind(tool)].filter(hook => hook !== undefined)
  const question = tool.confirm === false ? undefined : tool.confirm?.bind(tool)
  if (hooks.length === 0 && question === undefined) return (args, context) => tool.handler(args, context)
  return async (args, context) => {
    await decideAll(hooks, args as Json, tool.name, context)
    if (question !== undefined) await confirm(question(args), context)
    return await tool.handler(args, context)
  }
}
