import { Type } from '@sinclair/typebox'
import { defineTool } from '../../../mcp/tool.ts'

/** More bytes than the kernel buffers for a client that does not read. */
export const LARGE = 6 * 1024 * 1024
/** The environment of a server that may send LARGE. */
export const LARGE_OUTPUT = { OUTPUT_LIMIT: String(2 * LARGE) }

/** A tool whose output has any length. */
export const large = defineTool({
  name: 'large',
  title: 'Large',
  description: 'Says much.',
  scopes: ['test:slow'],
  input: Type.Object({ length: Type.Integer() }),
  async handler ({ length }) {
    return [{ type: 'text', text: 'x'.repeat(length) }]
  }
})
