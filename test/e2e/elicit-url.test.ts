import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { users } from '../../dev/provider/users.ts'
import { defineTool, elicitUrl, ToolError } from '../../mcp/tool.ts'
import { SECRET } from '../support/links.ts'
import { freePort } from '../support/ports.ts'
import { keyOf, startKeyPage } from './key-page.ts'
import { serve } from './login-server.ts'
import { createUser, headingOf, type Page, type User } from './login-user.ts'

const port = await freePort()
const pageUrl = `http://localhost:${port}/`
const clientId = 'key-page'

const useKey = defineTool({
  name: 'use_key',
  title: 'Use a key',
  description: 'Calls a service with the key of the user.',
  scopes: ['tool:whoami'],
  input: Type.Object({}),
  handler (_input, { caller, ask }) {
    if (!page.keys.has(keyOf(caller))) {
      const { key } = ask({ key: elicitUrl({ message: 'The service needs your key. Enter it on this page.', url: pageUrl }) })
      if (key.action !== 'accept') throw new ToolError('The user does not want to enter a key.')
      if (!page.keys.has(keyOf(caller))) throw new ToolError('The key is not there yet. Call the tool again when the user has entered it.')
    }
    return [{ type: 'text', text: `used ${page.keys.get(keyOf(caller))?.length} characters` }]
  }
})

const { url, authority } = await serve(t, { tools: [useKey], env: { STATE_SECRET: SECRET }, tenant: { clients: [{ client_id: clientId, redirect_uris: [`${pageUrl}callback`] }] } })
const page = await startKeyPage({ port, issuer: authority.url, clientId, secret: SECRET })
t.teardown(() => page.close())
t.beforeEach(() => page.keys.clear())

/** Opens a link, signs in, and comes back to the page. */
async function visit (user: User, link: string): Promise<Page> {
  const { url: login } = await user.open(new URL(link))
  return user.open(await user.login(login))
}

const send = (user: User, key: string): Promise<Page> => user.open(new URL(pageUrl + 'key'), new URLSearchParams({ key }))

/** A client of alice that lets her decide about a link. */
async function clientOf (onLink: (link: string) => Promise<'accept' | 'decline'>): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } }, capabilities: { elicitation: { url: {} } } })
  client.setRequestHandler('elicitation/create', async ({ params }) => ({ action: await onLink((params as { url: string }).url) }))
  const authorization = `Bearer ${authority.token({ sub: users[0]?.id })}`
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization } } }))
  t.teardown(() => client.close())
  return client
}

t.test('the caller enters a key on the page, and the call goes on; another user is refused', async t => {
  const [alice, bob] = [createUser(), createUser({ email: 'bob@example.com' })]
  const client = await clientOf(async link => {
    const wrong = await visit(bob, link)
    t.strictSame([wrong.status, headingOf(wrong.html)], [403, 'other_user'])
    t.strictSame(headingOf((await send(bob, 'bobs-key')).html), 'other_user')
    t.equal(page.keys.size, 0)

    t.equal(headingOf((await visit(alice, link)).html), 'Your key for use_key')
    t.equal(headingOf((await send(alice, 'alices-key')).html), 'Kept')
    t.strictSame(headingOf((await send(alice, 'again')).html), 'used', 'the link counts once')
    t.equal((await createUser().open(new URL(pageUrl + 'key'), new URLSearchParams({ key: 'k' }))).status, 403, 'nobody without a login')
    return 'accept'
  })
  t.match(await client.callTool({ name: 'use_key', arguments: {} }), { content: [{ text: 'used 10 characters' }] })
  t.strictSame([...page.keys], [[keyOf({ issuer: authority.url, subject: users[0]?.id ?? '' }), 'alices-key']])
})

t.test('the page refuses a changed link, and the tool does not take the yes of a client for that of the page', async t => {
  const client = await clientOf(async link => {
    const changed = await visit(createUser(), link.replace(/.$/, last => last === 'A' ? 'B' : 'A'))
    t.strictSame([changed.status, headingOf(changed.html)], [403, 'invalid'])
    return 'accept'
  })
  t.match(await client.callTool({ name: 'use_key', arguments: {} }), { isError: true, content: [{ text: /not there yet/ }] })
  const declining = await clientOf(async () => 'decline')
  t.match(await declining.callTool({ name: 'use_key', arguments: {} }), { isError: true, content: [{ text: /does not want/ }] })
})
