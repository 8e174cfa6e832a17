import type { Call } from './calls/call.ts'
import { DENIED, Denied, ToolError } from './errors.ts'
import type { Json } from './message.ts'
import type { RegisteredTool } from './registry.ts'
import { InputRequired } from './elicitation/request-state.ts'
import type { Content } from './schema/content.ts'
import { ContentResult, JsonTextResult, StructuredResult, type Envelope, type ToolResult } from './response.ts'
import { isThenable } from './returned.ts'
import { cleanBlock, withoutHidden } from './safe-text.ts'

/** The members and types that a revision has. Others are left out, or written in another way. */
export interface Features {
  /** `title` of a tool; before 2025-06-18 an annotation. */
  readonly titles: boolean
  /** `outputSchema` of a tool; since 2025-06-18. */
  readonly outputSchemas: boolean
  /** Content blocks of type `resource_link`; since 2025-06-18. */
  readonly links: boolean
  /** `icons` of a tool; since 2025-11-25. */
  readonly icons: boolean
  /** Structured content that is not an object; since 2026-07-28. */
  readonly anyData: boolean
}

/** How a revision writes the results of calls. */
export interface Results {
  readonly features: Features
  /** A result with these members. */
  complete (members: object): object
  /** The members of `complete` for the result of a tool. */
  readonly envelope: Envelope
  /** Bytes of JSON that a tool may give. */
  readonly outputLimit: number
  /** The result of a call whose handler asks the client for something. @throws RpcError */
  inputRequired (missing: InputRequired, tool: RegisteredTool, args: Json, call: Call): object
}

// The usual mistake is to return an object without a schema for it, or a whole result of MCP.
const BLOCKS = '; without "output", a handler returns a list of content blocks, such as [{ type: \'text\', text: \'…\' }]'

/**
 * Runs a tool and returns its result. A fault that the model can correct becomes a result with `isError`; any other is
 * thrown. A handler that returns no promise is answered in the same turn of the event loop.
 */
export function callTool (tool: RegisteredTool, args: Json, call: Call, results: Results): object | Promise<object> {
  const fault = tool.checkInput(args)
  if (fault !== undefined) return results.complete(failure(fault))
  try {
    const output = call.run(tool, args)
    return isThenable(output) ? settle(output, tool, args, call, results) : success(tool, output, results)
  } catch (error) {
    return caught(error, tool, args, call, results)
  }
}

/** The members of a result that tells the model what went wrong (server/tools, "Error Handling"). */
export function failure (text: string): object {
  return { content: [{ type: 'text', text: withoutHidden(text) }], isError: true }
}

async function settle (output: PromiseLike<unknown>, tool: RegisteredTool, args: Json, call: Call, results: Results): Promise<object> {
  try {
    return success(tool, await output, results)
  } catch (error) {
    return caught(error, tool, args, call, results)
  }
}

function caught (error: unknown, tool: RegisteredTool, args: Json, call: Call, results: Results): object {
  if (error instanceof Denied) return results.complete({ ...failure(error.message), [DENIED]: true })
  if (error instanceof ToolError) return results.complete(failure(isLarger(String(error.message), results.outputLimit) ? tooLarge(results.outputLimit) : String(error.message)))
  if (error instanceof InputRequired) return results.inputRequired(error, tool, args, call)
  throw error
}

function success (tool: RegisteredTool, output: unknown, results: Results): object {
  const fault = tool.checkOutput(output)
  if (fault !== undefined) throw new Error(`the output of tool ${tool.declaration.name} is not what its schema says: ${fault}${tool.outputSchema === undefined ? BLOCKS : ''}`)
  const result = toResult(tool, output, results)
  if (tool.outputSchema?.['type'] === 'object' && !result.output.startsWith('{')) throw new Error(`the output of tool ${tool.declaration.name} has a toJSON that gives no object, such as that of a Date`)
  return isLarger(result.output, results.outputLimit) ? results.complete(failure(tooLarge(results.outputLimit))) : result
}

function toResult ({ declaration: { rawText = false }, outputSchema }: RegisteredTool, output: unknown, { features, envelope }: Results): ToolResult {
  if (isStructured(outputSchema, features)) return new StructuredResult(envelope, output)
  if (outputSchema !== undefined) return new JsonTextResult(envelope, output)
  const blocks = (output as readonly Content[]).map(block => blockFor(block, features))
  return new ContentResult(envelope, rawText ? blocks : blocks.map(cleanBlock))
}

/** Whether a text has more than this many bytes in UTF-8, in which a unit of JavaScript's strings takes at most three. */
export function isLarger (text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes
}

/** What the model is told in place of an output that is larger. */
export function tooLarge (outputLimit: number): string {
  return `The output of this tool is larger than ${outputLimit} bytes (OUTPUT_LIMIT). Ask for less.`
}

/** Whether output under this schema can be sent as `structuredContent`. */
export function isStructured (schema: Json | undefined, { anyData }: Features): boolean {
  return schema !== undefined && (anyData || schema['type'] === 'object')
}

function blockFor (content: Content, { links }: Features): Content {
  if (links || content.type !== 'resource_link') return content
  return { type: 'text', text: `${content.name}: ${content.uri}` }
}
