import { Type } from '@sinclair/typebox'
import { defineTool, elicit, ToolError } from '../../../mcp/tool.ts'

const Confirmation = Type.Object({
  sure: Type.Boolean({ title: 'Delete them for good?' })
})

/** A tool that asks its user before it does something that cannot be undone. It is the example for such tools. */
export function deleteFilesTool (files: Set<string>) {
  return defineTool({
    name: 'delete_files',
    title: 'Delete files',
    description: 'Deletes all files whose names begin with a prefix, once the user has agreed.',
    scopes: ['files:delete'],
    annotations: { destructiveHint: true },
    // The handler asks by itself, since the question names what it found.
    confirm: false,
    input: Type.Object({ prefix: Type.String({ minLength: 1 }) }),
    output: Type.Object({ deleted: Type.Array(Type.String()) }),

    handler ({ prefix }, { ask }) {
      const found = [...files].filter(name => name.startsWith(prefix))
      if (found.length === 0) throw new ToolError(`No file begins with "${prefix}".`)

      const { confirm } = ask({ confirm: elicit(`Delete ${found.join(', ')}?`, Confirmation) })
      if (confirm.action !== 'accept' || !confirm.content.sure) throw new ToolError('The user does not want these files deleted.')

      for (const name of found) files.delete(name)
      return { deleted: found }
    }
  })
}
