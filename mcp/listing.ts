import type { Caller } from '../auth/caller.ts'
import type { RegisteredTool, Registry } from './registry.ts'
import { Prepared, type Result } from './response.ts'
import { isStructured, type Features } from './results.ts'

/** Which tools `tools/list` shows: all, or those that the caller may call. */
export type Listing = 'all' | 'permitted'

/**
 * Answers `tools/list`.
 * @param write writes the result for these tools
 */
export function toolLister ({ tools }: Registry, features: Features, listing: Listing, write: (tools: readonly object[]) => object): (caller: Caller) => Result {
  const entries = tools.map(tool => ({ tool, entry: listed(tool, features) }))
  if (listing === 'permitted') return ({ granted }) => write(entries.filter(({ tool }) => tool.needs.mayCall(granted)).map(({ entry }) => entry))
  const list = new Prepared(write(entries.map(({ entry }) => entry)))
  return () => list
}

function listed ({ declaration: { name, title, description, icons, annotations }, inputSchema, outputSchema }: RegisteredTool, features: Features): object {
  const hints = features.titles ? annotations : { title, ...annotations }
  return {
    name,
    ...(features.titles && { title }),
    description,
    ...(features.icons && icons && { icons }),
    inputSchema,
    ...(features.outputSchemas && isStructured(outputSchema, features) && { outputSchema }),
    ...(hints && { annotations: hints })
  }
}
