import { MAX_ECHO, RpcError } from '../errors.ts'
import type { RpcCall } from '../exchange.ts'
import type { Json } from '../message.ts'
import type { RegisteredTool } from '../registry.ts'
import { withoutHidden } from '../safe-text.ts'
import { argumentsOf, type CallParams } from '../schema/params.ts'

/** The tool that a call names. @throws RpcError -32602, the same for every caller */
export function requireTool ({ tool, request: { params } }: RpcCall): RegisteredTool {
  if (tool !== undefined) return tool
  throw new RpcError('invalidParams', `Unknown tool: ${withoutHidden(String(params['name']).slice(0, MAX_ECHO))}`)
}

/** The arguments of a call with defaults. If its scopes depend on them, the very arguments that chose the scopes. */
export function argumentsFor ({ args }: RpcCall, tool: RegisteredTool, params: CallParams): Json {
  return args ?? tool.withDefaults(argumentsOf(params))
}
