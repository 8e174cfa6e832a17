import { isThenable, type Call } from './call.ts'
import { RpcError, ToolError } from './errors.ts'
import type { RegisteredTool, Registry } from './registry.ts'
import type { Params } from './request.ts'
import { InputRequired } from './rounds.ts'
import { block, isStructured, listed, type Shape } from './shape.ts'
import type { Content } from './tool.ts'

type Args = Readonly<Record<string, unknown>>

/** How a revision writes the results of calls. */
export interface Results {
  readonly shape: Shape
  /** A result, from its members as JSON text. */
  complete (members: string): string
  /** What becomes of a call whose handler asks for something. @throws RpcError */
  inputRequired (missing: InputRequired, tool: RegisteredTool, args: Args, call: Call): string
}

/** The member `tools` of a `tools/list` result, as JSON text: made once, sent as often as asked for. */
export function toolList ({ tools }: Registry, shape: Shape): string {
  return `"tools":${JSON.stringify(tools.map(tool => listed(tool, shape)))}`
}

/** The tool that `params.name` names. @throws RpcError -32602, the same for every caller */
export function findTool (registry: Registry, { name }: Params): RegisteredTool {
  const found = registry.get(name)
  if (found === undefined) throw new RpcError('invalidParams', typeof name === 'string' ? `Unknown tool: ${name.slice(0, 128)}` : 'params.name must be a string')
  return found
}

/**
 * Runs a tool and gives its result as JSON text. What the model can mend comes back as `isError`; what it cannot is
 * thrown. A tool that answers at once is answered at once.
 */
export function callTool (tool: RegisteredTool, args: Args, call: Call, results: Results): string | Promise<string> {
  const fault = tool.checkInput(args)
  if (fault !== undefined) return results.complete(failure(fault))
  try {
    const output = call.run(tool, args)
    return isThenable(output) ? settle(output, tool, args, call, results) : success(tool, output, results)
  } catch (error) {
    return caught(error, tool, args, call, results)
  }
}

async function settle (output: PromiseLike<unknown>, tool: RegisteredTool, args: Args, call: Call, results: Results): Promise<string> {
  try {
    return success(tool, await output, results)
  } catch (error) {
    return caught(error, tool, args, call, results)
  }
}

function caught (error: unknown, tool: RegisteredTool, args: Args, call: Call, results: Results): string {
  if (error instanceof ToolError) return results.complete(failure(error.message))
  if (error instanceof InputRequired) return results.inputRequired(error, tool, args, call)
  throw error
}

/** The members of a result that tells the model what went wrong (server/tools, "Error Handling"). */
export function failure (message: string): string {
  return `"content":${JSON.stringify([{ type: 'text', text: message }])},"isError":true`
}

function success ({ tool, checkOutput }: RegisteredTool, output: unknown, { shape, complete }: Results): string {
  const fault = checkOutput(output)
  if (fault !== undefined) throw new Error(`the output of tool ${tool.name} is not what its schema says: ${fault}`)
  if (tool.output === undefined) return complete(`"content":${JSON.stringify((output as readonly Content[]).map(content => block(content, shape)))}`)

  const text = JSON.stringify(output)
  const content = `"content":[{"type":"text","text":${JSON.stringify(text)}}]`
  return complete(isStructured(tool.output, shape) ? `${content},"structuredContent":${text}` : content)
}
