import type { Need } from '../declaration/scopes.ts'
import type { RpcCall } from '../exchange.ts'
import type { Json } from '../message.ts'
import type { RegisteredTool } from '../registry.ts'
import { argumentsOf, checkCallParams } from '../schema/params.ts'

/**
 * A call of a tool whose scopes depend on the arguments: with its arguments, and the scopes that they need. Wrong
 * arguments need none, since the answer only says what is wrong with them. If the tool cannot tell its scopes, this call
 * fails when it is answered; within a batch, the other calls still have their answers.
 * @param needsOf `scopes.of` of the tool
 * @throws RpcError -32602 if the parameters are malformed
 */
export function withNeeds (call: RpcCall, tool: RegisteredTool, needsOf: (args: Json) => readonly Need[]): RpcCall {
  const args = fixedArguments(tool, call.request.params)
  try {
    return { ...call, args, needs: tool.checkInput(args) === undefined ? needsOf(args) : call.needs }
  } catch (error) {
    return { ...call, args, tool: failing(tool, error) }
  }
}

/** A copy of the arguments, so that the call that runs is the one whose scopes were checked. @throws RpcError -32602 */
function fixedArguments ({ withDefaults }: RegisteredTool, params: Json): Json {
  return structuredClone(withDefaults(argumentsOf(checkCallParams(params))))
}

/** A tool whose call fails with this error, as if the handler had thrown it. The handler never runs. */
function failing (tool: RegisteredTool, error: unknown): RegisteredTool {
  return { ...tool, run () { throw error } }
}
