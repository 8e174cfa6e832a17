import type { Reached } from './limits.ts'

/**
 * Which limit of tool calls is reached, in words.
 * @param ofTool whether it is the tool's own limit; if not, it is the server's for all tools together
 * @returns what there are too many of, for the caller, and a hint for the operator
 */
export function describeReached ({ bound: { rate, concurrency }, atOnce }: Reached, ofTool: boolean): { readonly what: string, readonly hint: string } {
  const [setting, ofTheTool] = atOnce ? ['CONCURRENT_CALLS_MAX', 'concurrency'] : ['RATE_LIMIT_MAX', 'rateLimit']
  const allowed = atOnce ? `${concurrency} at once` : `${rate?.max} in ${rate?.window} s`
  return {
    what: `calls${ofTool ? ' of this tool' : ''}${atOnce ? ' at once' : ''}`,
    hint: `The caller reached ${ofTool ? `the ${ofTheTool} of the tool` : setting} (${allowed}); raise it, or look for a client in a loop`
  }
}
