import type { RegisteredTool, Registry } from './registry.ts'
import { isStructured, type Features } from './results.ts'

/** The tools as `tools/list` shows them. */
export function toolList ({ tools }: Registry, features: Features): object[] {
  return tools.map(tool => listed(tool, features))
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
