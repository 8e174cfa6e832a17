import { InputRequired } from './ask.ts'
import { type Call } from './call.ts'
import { RpcError, ToolError } from './errors.ts'
import type { RegisteredTool, Registry } from './registry.ts'
import type { Tool } from './tool.ts'

/**
 * The member `tools` of a `tools/list` result, as JSON text: made once, sent as often as asked for.
 * @param objectsOnly whether data must be objects, as it must before 2026-07-28
 */
export function toolList ({ tools }: Registry, objectsOnly: boolean): string {
  return `"tools":${JSON.stringify(tools.map(tool => listed(tool, objectsOnly)))}`
}

/** The tool that `params.name` names. @throws RpcError -32602, the same for every caller */
export function findTool (registry: Registry, { name }: Readonly<Record<string, unknown>>): RegisteredTool {
  const found = registry.get(name)
  if (found === undefined) throw new RpcError('invalidParams', typeof name === 'string' ? `Unknown tool: ${name.slice(0, 128)}` : 'params.name must be a string')
  return found
}

/**
 * Runs a tool and gives the members of its result as JSON text. What the model can mend comes back as `isError`;
 * what it cannot is thrown.
 *
 * @param onInputRequired makes of missing answers what the revision has for it
 */
export function callTool (registered: RegisteredTool, args: object, call: Call, objectsOnly: boolean, onInputRequired: (missing: InputRequired) => string): string | Promise<string> {
  const fault = registered.checkInput(args)
  if (fault !== undefined) return failure(fault)

  const finish = (output: unknown): string => content(registered, output, objectsOnly)
  const fail = (error: unknown): string => {
    if (error instanceof ToolError) return failure(error.message)
    if (error instanceof InputRequired) return onInputRequired(error)
    throw error
  }
  try {
    const output = call.run(registered, args)
    return output instanceof Promise ? output.then(finish).catch(fail) : finish(output)
  } catch (error) {
    return fail(error)
  }
}

/** A result that tells the model what went wrong (server/tools, "Error Handling"). */
export function failure (message: string): string {
  return `"content":${JSON.stringify([{ type: 'text', text: message }])},"isError":true`
}

function content ({ tool, checkOutput }: RegisteredTool, output: unknown, objectsOnly: boolean): string {
  const fault = checkOutput(output)
  if (fault !== undefined) throw new Error(`the output of tool ${tool.name} is not what its schema says: ${fault}`)
  if (tool.output === undefined) return `"content":${JSON.stringify(output)}`

  const text = JSON.stringify(output)
  const block = `"content":[{"type":"text","text":${JSON.stringify(text)}}]`
  return isStructured(tool, objectsOnly) ? `${block},"structuredContent":${text}` : block
}

function listed (tool: Tool, objectsOnly: boolean): object {
  const { name, title, description, icons, input, output, annotations } = tool
  return {
    name,
    title,
    description,
    ...(icons && { icons }),
    inputSchema: input,
    ...(isStructured(tool, objectsOnly) && { outputSchema: output }),
    ...(annotations && { annotations })
  }
}

function isStructured ({ output }: Tool, objectsOnly: boolean): boolean {
  return output !== undefined && (!objectsOnly || output['type'] === 'object')
}
