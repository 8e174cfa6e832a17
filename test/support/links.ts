import { Type } from '@sinclair/typebox'
import { defineTool, elicit, elicitUrl, sample } from '../../mcp/tool.ts'
import { build, modern, type Setup, type Test } from './build.ts'

/** The STATE_SECRET of the server, which the page needs too. */
export const SECRET = 'kV9#pLw2@xQz7!mN4&bTj6^cRf1*hGdY'
/** The capabilities of a client that opens links. */
export const URL_MODE = { elicitation: { url: {} } }

/** A server with a tool that sends its user to a page. */
export interface LinkSetup extends Setup {
  /** The tool that sends its user to a page. */
  readonly tool: ReturnType<typeof connectTool>
  /** A token of `alice`. */
  readonly token: string
  readonly alice: { readonly issuer: string, readonly subject: string }
  /** Calls the tool. */
  send (more?: object, how?: { capabilities?: object, bearer?: string, args?: object }): Promise<{ status: number, result: any, error: any }>
  /** The link of a new call. */
  linkOf (bearer?: string): Promise<URL>
}

/**
 * A server with a tool that sends its user to a page.
 *
 * @param isDone whether the user has done on the page what the tool needs
 */
export async function buildLinks (t: Test, isDone = () => false): Promise<LinkSetup> {
  const tool = connectTool(isDone)
  const setup = await build(t, { tools: [tool], env: { STATE_SECRET: SECRET } })
  const subject = 'auth0|alice'
  const token = setup.issuer.token({ sub: subject, azp: 'editor' })
  const send: LinkSetup['send'] = async (more = {}, { capabilities = URL_MODE, bearer = token, args = {} } = {}) => {
    const { message, headers } = modern('tools/call', { name: 'connect', arguments: args, ...more }, capabilities)
    const response = await setup.post(message, bearer, headers)
    const { result, error } = response.json()
    return { status: response.statusCode, result, error }
  }
  return {
    ...setup,
    tool,
    token,
    alice: { issuer: setup.issuer.url, subject },
    send,
    linkOf: async (bearer = token) => new URL((await send({}, { bearer })).result.inputRequests.page.params.url)
  }
}

/** The parameter of a link that only the page can read. */
export function tokenIn ({ searchParams }: URL): string {
  return searchParams.get('elicitation') ?? ''
}

function connectTool (isDone: () => boolean) {
  return defineTool({
    name: 'connect',
    title: 'Connect',
    description: 'Needs a page.',
    scopes: ['tool:whoami'],
    input: Type.Object({ also: Type.Optional(Type.String()) }),
    handler ({ also }, { ask }) {
      const page = elicitUrl({ message: 'Enter your key on this page.', url: 'https://page.example/settings?lang=en' })
      const more = also === 'form' ? { form: elicit('Name?', Type.Object({ name: Type.String() })) } : also === 'model' ? { model: sample('Hi', 1) } : {}
      const answers = ask({ page, ...more })
      return [{ type: 'text', text: `${answers.page.action} ${isDone() ? 'done' : 'open'}` }]
    }
  })
}
