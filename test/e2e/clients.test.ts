import type { AddressInfo } from 'node:net'
import t from 'tap'
import whoami from '../../tools/whoami.ts'
import { contentTools } from '../support/tools/content.ts'
import { deleteFilesTool } from '../support/tools/delete-files.ts'
import { createStory, slowTools } from '../support/tools/slow.ts'
import { build, POWERLESS } from '../support/build.ts'
import { CLIENTS, newClient, oldClient } from './sdk-clients.ts'

const story = createStory()
const files = new Set<string>()
const { app, issuer } = await build(t, { tools: [whoami, ...contentTools, ...slowTools(story), deleteFilesTool(files)] })
await app.listen({ host: '127.0.0.1', port: 0 })
const url = new URL(`http://localhost:${(app.server.address() as AddressInfo).port}/mcp`)
const token = issuer.token({ scope: 'tool:whoami test:content test:slow files:delete' })

for (const [name, make, version] of CLIENTS) {
  t.test(`${name}: lists the tools and calls them`, async t => {
    const client = make({ url })
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
    const client = make({ url })
    t.teardown(() => client.close())
    await client.connect(token)
    const received: number[] = []
    t.match(await client.call('test_tool_with_progress', {}, { onprogress: ({ progress }) => received.push(progress) }), { content: [{ text: 'Done.' }] })
    t.strictSame(received, [0, 50, 100])

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
    await t.rejects(make({ url }).connect(), /401|[Uu]nauthorized|Authentication required/)
    await t.rejects(make({ url }).connect('not.a.token'), /401|[Uu]nauthorized|invalid_token/)

    const client = make({ url })
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
    const client = newClient('auto')({ url, answer: () => answer })
    await client.connect(token)
    t.match(await client.call('delete_files', { prefix: 'a' }), result)
    t.strictSame([...files], left)
    await client.close()
  }
})

t.test('tells a client that it cannot be asked', async t => {
  files.clear()
  files.add('a1')
  const modern = newClient('auto')({ url })
  await modern.connect(token)
  await t.rejects(modern.call('delete_files', { prefix: 'a' }), { code: -32021 })
  await modern.close()
  const old = oldClient({ url })
  await old.connect(token)
  t.match(await old.call('delete_files', { prefix: 'a' }), { isError: true, content: [{ text: /2026-07-28/ }] })
  await old.close()
  t.equal(files.size, 1)
})
