import { Type } from '@sinclair/typebox'
import { defineTool, elicit, type Tool } from '../../mcp/tool.ts'
import { build, modern, type Setup, type Test } from './build.ts'

/** The claim of a user who may call every tool here. */
export const SCOPES = { scope: 'files:delete' }

/** A server whose tools need a confirmation. */
export interface ConfirmingSetup extends Setup {
  /** What the tools have deleted since the test began. */
  readonly deleted: string[]
  /** Deletes a file when the user has confirmed it. */
  readonly remove: Tool
  /** A token with SCOPES. */
  readonly token: string
  /** Calls a tool with a path. */
  send (more?: object, how?: { bearer?: string, path?: string, name?: string, capabilities?: object, to?: Setup['post'] }): Promise<{ status: number, result: any, error: any }>
}

/** A server whose tools need a confirmation: `remove`, `twice`, which asks once more, and `note`, which has more arguments. */
export async function buildConfirming (t: Test & { beforeEach (handler: () => void): void }): Promise<ConfirmingSetup> {
  const deleted: string[] = []
  const remove = defineTool({
    name: 'remove',
    title: 'Remove',
    description: 'Removes a file.',
    scopes: ['files:delete'],
    annotations: { destructiveHint: true },
    input: Type.Object({ path: Type.String() }),
    confirm: ({ path }) => `Remove ${path}?`,
    handler ({ path }) {
      deleted.push(path)
      return [{ type: 'text', text: 'removed' }]
    }
  })
  const twice = defineTool({
    ...remove,
    name: 'twice',
    handler ({ path }, { ask }) {
      const { confirm } = ask({ confirm: elicit('Really?', Type.Object({ sure: Type.Boolean() })) })
      deleted.push(`${path} ${confirm.action}`)
      return []
    }
  })
  const note = defineTool({
    ...remove,
    name: 'note',
    input: Type.Object({ path: Type.String(), size: Type.Number(), tags: Type.Object({}, { additionalProperties: true }) }),
    confirm: ({ path }) => `Note ${path}?`,
    handler ({ path }) {
      deleted.push(path)
      return [{ type: 'text', text: 'noted' }]
    }
  })
  const setup = await build(t, { tools: [remove, twice, note] })
  const token = setup.issuer.token(SCOPES)
  t.beforeEach(() => { deleted.length = 0 })
  return {
    ...setup,
    deleted,
    remove,
    token,
    async send (more = {}, { bearer = token, path = '/a', name = 'remove', capabilities = { elicitation: {} }, to = setup.post } = {}) {
      const { message, headers } = modern('tools/call', { name, arguments: { path }, ...more }, capabilities)
      const response = await to(message, bearer, headers)
      const { result, error } = response.json()
      return { status: response.statusCode, result, error }
    }
  }
}

/** The answer of a user who confirms. */
export function yes (key = 'confirm()', content: unknown = { sure: true }): object {
  return { [key]: { action: 'accept', content } }
}
