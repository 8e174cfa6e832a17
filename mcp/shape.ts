import type { Content, Tool } from './tool.ts'

/** What the types of a revision have room for: what it does not know is left out or said in its words. */
export interface Shape {
  /** `title` of a tool; before 2025-06-18 an annotation. */
  readonly titles: boolean
  /** `outputSchema` of a tool; since 2025-06-18. */
  readonly outputSchemas: boolean
  /** Content blocks of type `resource_link`; since 2025-06-18. */
  readonly links: boolean
  /** `icons` of a tool; since 2025-11-25. */
  readonly icons: boolean
  /** Data that is not an object; since 2026-07-28. */
  readonly anyData: boolean
}

/** A tool as `tools/list` shows it. */
export function listed ({ name, title, description, icons, input, output, annotations }: Tool, shape: Shape): object {
  const hints = shape.titles ? annotations : { title, ...annotations }
  return {
    name,
    ...(shape.titles && { title }),
    description,
    ...(shape.icons && icons && { icons }),
    inputSchema: input,
    ...(shape.outputSchemas && isStructured(output, shape) && { outputSchema: output }),
    ...(hints && { annotations: hints })
  }
}

/** Whether output under this schema can be sent as data. */
export function isStructured (output: Tool['output'], { anyData }: Shape): boolean {
  return output !== undefined && (anyData || output['type'] === 'object')
}

/** Content as the revision has it. */
export function block (content: Content, { links }: Shape): Content {
  if (links || content.type !== 'resource_link') return content
  return { type: 'text', text: `${content.name}: ${content.uri}` }
}
