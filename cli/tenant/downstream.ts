import type { Tool } from '../../mcp/tool.ts'

/** An API that tools call as the user. */
export interface Downstream {
  readonly audience: string
  /** The scopes of all its tools together. */
  readonly scopes: readonly string[]
  /** The names of the tools. */
  readonly tools: readonly string[]
}

/** The APIs that tools call as the user, each once. */
export function downstreamOf (tools: readonly Tool[]): Downstream[] {
  const calls = tools.flatMap(({ name, api }) => api === undefined ? [] : [{ name, ...api }])
  return [...new Set(calls.map(({ audience }) => audience))].map(audience => {
    const callers = calls.filter(call => call.audience === audience)
    return { audience, scopes: [...new Set(callers.flatMap(({ scopes }) => scopes))], tools: callers.map(({ name }) => name) }
  })
}
