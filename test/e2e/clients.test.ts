import type { AddressInfo } from 'node:net'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import t from 'tap'
import whoami from '../../tools/whoami.ts'
import { contentTools } from '../support/tools/content.ts'
import { deleteFilesTool } from '../support/tools/delete-files.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { build, POWERLESS } from '../support/build.ts'

const story = createStory()
const files = new Set<string>()
const { app, issuer } = await build(t, { tools: [whoami, ...contentTools, ...slowTools(story), deleteFilesTool(files)] })
await app.listen({ host: '127.0.0.1', port: 0 })
const url = new URL(`http://localhost:${(app.server.address() as AddressInfo).port}/mcp`)
const token = issuer.token({ scope: 'tool:whoami test:content test:slow files:delete' })
const INFO = { name: 'test', version: '1' }

interface Options {
  readonly onprogress?: (told: { progress: number, total?: number | undefined }) => void
  readonly signal?: AbortSignal
}

/** The part of a client that the tests use, whatever its SDK. */
interface Caller {
  connect (token?: string): Promise<void>
  version (): string | undefined
  list (): Promise<string[]>
  call (name: string, args?: Record<string, unknown>, options?: Options): Promise<any>
  close (): Promise<void>
}

function headers (token?: string): { requestInit: { headers: Record<string, string> } } {
  return { requestInit: { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } } }
}

/** `@modelcontextprotocol/client` 2.x. */
function newClient (mode: 'auto' | 'legacy' | { pin: string }, answer?: object): Caller {
  const client = new Client(INFO, { versionNegotiation: { mode }, capabilities: answer === undefined ? {} : { elicitation: {} } })
  if (answer !== undefined) client.setRequestHandler('elicitation/create', async () => answer as { action: 'decline' })
  return {
    connect: token => client.connect(new StreamableHTTPClientTransport(url, headers(token))),
    version: () => client.getNegotiatedProtocolVersion(),
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, args = {}, options = {}) => client.callTool({ name, arguments: args }, options as object),
    close: () => client.close()
  }
}

/** `@modelcontextprotocol/sdk` 1.x. */
function oldClient (): Caller {
  const client = new OldClient(INFO)
  const transports: OldTransport[] = []
  return {
    connect: token => {
      transports.push(new OldTransport(url, headers(token)))
      return client.connect(transports.at(-1) as Parameters<typeof client.connect>[0])
    },
    version: () => transports.at(-1)?.protocolVersion,
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, args = {}, options = {}) => client.callTool({ name, arguments: args }, undefined, options as object),
    close: () => client.close()
  }
}

const CLIENTS: ReadonlyArray<[name: string, make: () => Caller, version: string]> = [
  ['client 2.x, on its own', () => newClient('auto'), '2026-07-28'],
  ['client 2.x, at 2026-07-28', () => newClient({ pin: '2026-07-28' }), '2026-07-28'],
  ['client 2.x, the old way', () => newClient('legacy'), '2025-11-25'],
  ['sdk 1.x', oldClient, '2025-11-25']
]

for (const [name, make, version] of CLIENTS) {
  t.test(`${name}: lists the tools and calls them`, async t => {
    const client = make()
    t.teardown(() => client.close())
    await client.connect(token)
    t.equal(client.version(), version)
    t.equal((await client.list())[0], 'whoami')

    const me = await client.call('whoami')
    t.match(me, { structuredContent: { issuer: issuer.url, kind: 'user', scopes: ['tool:whoami'] } })
    t.strictSame(JSON.parse(me.content[0].text), me.structuredContent)
    t.match(await client.call('test_x_mcp_header', { region: 'Köln ' }), { structuredContent: { region: 'Köln ' } }, 'with headers for its parameters')
    t.match(await client.call('whoami', { nothing: 1 }), { isError: true, content: [{ text: /must NOT have additional properties/ }] })
    t.match(await client.call('test_multiple_content_types'), { content: [{ type: 'text' }, { type: 'image' }, { type: 'resource' }] })
    await t.rejects(client.call('nothing'), { code: -32602 })
  })

  t.test(`${name}: receives the progress of a tool, and can stop it`, async t => {
    const client = make()
    t.teardown(() => client.close())
    await client.connect(token)
    const told: number[] = []
    t.match(await client.call('test_tool_with_progress', {}, { onprogress: ({ progress }) => told.push(progress) }), { content: [{ text: 'Done.' }] })
    t.strictSame(told, [0, 50, 100])

    const stop = new AbortController()
    const as = `${name}: work`
    const outcome = t.rejects(client.call('work', { as }, { signal: stop.signal, onprogress: () => {} }))
    await story.happened(`${as} started`)
    stop.abort()
    await outcome
    // A client of SDK 1 keeps its connection open and sends notifications, which this server accepts and ignores.
    if (version !== '2026-07-28') await client.close()
    t.ok(await story.happened(`${as} stopped`))
  })

  t.test(`${name}: fails cleanly without a token, and without the scope`, async t => {
    await t.rejects(make().connect(), /401|[Uu]nauthorized|Authentication required/)
    await t.rejects(make().connect('not.a.token'), /401|[Uu]nauthorized|invalid_token/)

    const client = make()
    t.teardown(() => client.close())
    await client.connect(issuer.token(POWERLESS))
    t.equal((await client.list())[0], 'whoami')
    await t.rejects(client.call('whoami'), /403|scope/i)
  })
}

t.test('client 2.x: asks its user, and the tool continues with the answer', async t => {
  const rows: ReadonlyArray<[answer: object, result: object, left: string[]]> = [
    [{ action: 'decline' }, { isError: true, content: [{ text: /does not want/ }] }, ['a1', 'b1']],
    [{ action: 'accept', content: { sure: true } }, { structuredContent: { deleted: ['a1'] } }, ['b1']]
  ]
  for (const [answer, result, left] of rows) {
    files.clear()
    files.add('a1').add('b1')
    const client = newClient('auto', answer)
    await client.connect(token)
    t.match(await client.call('delete_files', { prefix: 'a' }), result)
    t.strictSame([...files], left)
    await client.close()
  }
})

t.test('tells a client that it cannot be asked', async t => {
  files.clear()
  files.add('a1')
  const modern = newClient('auto')
  await modern.connect(token)
  await t.rejects(modern.call('delete_files', { prefix: 'a' }), { code: -32021 })
  await modern.close()
  const old = oldClient()
  await old.connect(token)
  t.match(await old.call('delete_files', { prefix: 'a' }), { isError: true, content: [{ text: /2026-07-28/ }] })
  await old.close()
  t.equal(files.size, 1)
})
