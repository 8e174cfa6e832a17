import { build, modern, type Setup, type Test } from './build.ts'
import { askingTools } from './tools/asking.ts'
import { deleteFilesTool } from './tools/delete-files.ts'

/** The claim of a user who may call every tool here. */
export const SCOPES = { scope: 'files:delete test:ask' }
/** The capabilities of a client that shows forms. */
export const FORMS = { elicitation: {} }
/** The answer of a user who confirms. */
export const YES = { confirm: { action: 'accept', content: { sure: true } } }

/** A call of a tool that asks its user. */
export interface Ask {
  /** Default: `delete_files`. */
  readonly name?: string
  readonly args?: object
  /** Default: FORMS. */
  readonly capabilities?: object
  readonly bearer?: string
  readonly requestState?: unknown
  readonly inputResponses?: unknown
}

/** A server whose tools ask their user. */
export interface AskingSetup extends Setup {
  /** The files that the tool can delete. Before each test: a1, a2 and b1. */
  readonly files: Set<string>
  /** A token with SCOPES. */
  readonly token: string
  /** Calls a tool. */
  send (ask?: Ask): Promise<{ status: number, result: any, error: any }>
}

/** A server with tools that ask their user. */
export async function buildAsking (t: Test & { beforeEach (handler: () => void): void }): Promise<AskingSetup> {
  const files = new Set<string>()
  const setup = await build(t, { tools: [deleteFilesTool(files), ...askingTools] })
  const token = setup.issuer.token(SCOPES)
  t.beforeEach(() => {
    files.clear()
    for (const name of ['a1', 'a2', 'b1']) files.add(name)
  })
  return {
    ...setup,
    files,
    token,
    async send ({ name = 'delete_files', args = { prefix: 'a' }, capabilities = FORMS, bearer = token, ...more } = {}) {
      const { message, headers } = modern('tools/call', { name, arguments: args, ...more }, capabilities)
      const response = await setup.post(message, bearer, headers)
      const { result, error } = response.json()
      return { status: response.statusCode, result, error }
    }
  }
}
