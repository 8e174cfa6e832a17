import { Type } from '@sinclair/typebox'
import { defineTool, elicit, elicitUrl, type Access, type Tool } from '../../../mcp/tool.ts'

/** Each call that a handler began, as `name argument`. */
export const ran: string[] = []

const Decide = Type.Object({ as: Type.Optional(Type.String()) })
const Name = Type.Object({ name: Type.String() })
const about = { title: 'Test', description: 'A test.', input: Decide, handler }
const text = (words: string) => [{ type: 'text' as const, text: words }]

function handler ({ as = '' }: { as?: string }) {
  ran.push(as)
  return text(`did ${as}`)
}

/** Rules for all of these tools. The hook decides as the argument says. */
export const access: Access = {
  implies: { 'files:all': ['files:write', 'files:list'], 'files:write': ['files:read'] },
  authorize ({ as }) {
    if (as === 'broken') throw new Error('the engine is down')
    return as === 'forbidden' ? 'Only the owner may do this.' : true
  }
}

/** One tool for each way in which a call can be allowed, asked about or refused. */
export const actingTools: readonly Tool[] = [
  defineTool({ ...about, name: 'all_of', scopes: ['files:read', 'files:list'] }),
  defineTool({ ...about, name: 'any_of', scopes: { anyOf: ['mail:read', 'mail:admin'] } }),
  defineTool({ ...about, name: 'by_arguments', scopes: { possible: ['files:read', 'files:write'], of: ({ as }) => [as === 'write' ? 'files:write' : 'files:read'] } }),
  defineTool({ ...about, name: 'remove', scopes: ['files:read'], annotations: { destructiveHint: true }, confirm: ({ as }) => `Remove ${as}?` }),
  defineTool({
    ...about,
    name: 'form',
    scopes: ['files:read'],
    handler (_input, { ask }) {
      const { who } = ask({ who: elicit('Your name?', Name) })
      return text(who.action === 'accept' ? `Hello ${who.content.name}` : who.action)
    }
  }),
  defineTool({
    ...about,
    name: 'page',
    scopes: ['files:read'],
    handler: (_input, { ask }) => text(ask({ page: elicitUrl({ message: 'Enter your key there.', url: 'https://page.example/' }) }).page.action)
  }),
  defineTool({ ...about, name: 'say', scopes: ['files:read'], handler: ({ as = '' }) => text(as === 'much' ? 'x'.repeat(2000) : 'a\u202eb\u200bc') })
]
