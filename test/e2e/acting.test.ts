import t from 'tap'
import { createSpent } from '../../limits/spent.ts'
import { createElicitations } from '../../mcp/elicitation.ts'
import whoami from '../../tools/whoami.ts'
import { build, type Setup } from '../support/build.ts'
import { access, actingTools, ran } from '../support/tools/acting.ts'
import { listen } from '../support/wire.ts'
import { CLIENTS, type Answer } from './sdk-clients.ts'
import { watch, type WatchOptions } from './watched-client.ts'

const SECRET = 'kV9#pLw2@xQz7!mN4&bTj6^cRf1*hGdY'
const PLAN = 'https://example.com/plan'
const tools = [whoami, ...actingTools]
const serve = async (setup: Setup): Promise<Setup & { url: URL }> => ({ ...setup, url: new URL(`http://localhost:${await listen(setup.app)}/mcp`) })
const all = await serve(await build(t, { tools, access, env: { CALLER_CLAIMS: PLAN, OUTPUT_LIMIT: '1024' } }))
const permitted = await serve(await build(t, { tools, access, env: { LIST_TOOLS: 'permitted' } }))
const pages = await serve(await build(t, { tools: tools.filter(({ name }) => name === 'page'), env: { STATE_SECRET: SECRET } }))

const yes: Answer = () => ({ action: 'accept', content: { sure: true } })
t.beforeEach(() => { ran.length = 0 })

for (const [name, make, version] of CLIENTS.slice(1)) {
  const connect = (t: Parameters<typeof watch>[0], server: Setup & { url: URL }, options: Partial<WatchOptions> = {}): ReturnType<typeof watch> => watch(t, make, server, { url: server.url, ...options })

  t.test(`${name}: scopes of all forms, and a challenge that names what the call needs`, async t => {
    const { client, last, as } = await connect(t, all)
    const rows: ReadonlyArray<readonly [tool: string, args: { as?: string }, scope: string, challenge?: string]> = [
      ['all_of', {}, 'files:read files:list'], ['all_of', {}, 'files:all'], ['all_of', {}, 'files:write files:list'],
      ['all_of', {}, 'files:list', 'files:read files:list'], ['all_of', {}, 'files', 'files:read files:list'],
      ['any_of', {}, 'mail:read'], ['any_of', {}, 'mail:admin'], ['any_of', {}, 'files:all', 'mail:read'],
      ['by_arguments', {}, 'files:read'], ['by_arguments', { as: 'write' }, 'files:write'], ['by_arguments', {}, 'files:write'],
      ['by_arguments', { as: 'write' }, 'files:read files:list', 'files:write']
    ]
    for (const [tool, args, scope, challenge] of rows) {
      as(scope)
      const call = client.call(tool, args)
      if (challenge === undefined) t.match(await call, { content: [{ text: /^did/ }] }, `${tool} with ${scope}`)
      else await t.rejects(call, /403|scope/i, `${tool} with ${scope}`)
      t.strictSame([last.status, last.challenge], [challenge === undefined ? 200 : 403, challenge])
    }
    t.strictSame(ran, rows.filter(([, , , challenge]) => challenge === undefined).map(([, { as = '' }]) => as))
  })

  t.test(`${name}: a decision that denies is told, and one that fails runs nothing`, async t => {
    const { client, last, as } = await connect(t, all)
    as('files:all')
    t.match(await client.call('all_of', { as: 'forbidden' }), { isError: true, content: [{ text: 'Only the owner may do this.' }] })
    await t.rejects(client.call('all_of', { as: 'broken' }), /503|cannot be decided/)
    t.equal(last.status, 503)
    t.strictSame(ran, [])
  })

  t.test(`${name}: LIST_TOOLS=permitted shows what may be called, and a hidden tool is unknown`, async t => {
    const { client, as } = await connect(t, permitted)
    as('mail:admin')
    t.strictSame(await client.list(), ['any_of'])
    const [hidden, unknown] = await Promise.all(['all_of', 'no_tool'].map(tool => client.call(tool).catch((error: { code: number, message: string }) => [error.code, error.message.replace(tool, 'NAME')])))
    t.strictSame(hidden, unknown)
    t.match(hidden, [-32602, /Unknown tool: NAME/])
    t.match(await client.call('any_of'), { content: [{ text: 'did ' }] })
    as('files:all')
    t.strictSame(await client.list(), ['all_of', 'by_arguments', 'remove', 'form', 'page', 'say'])
  })

  t.test(`${name}: the named claims, and output that is safe and bounded`, async t => {
    const { client, as } = await connect(t, all)
    as('tool:whoami', { [PLAN]: 'pro', 'https://example.com/other': 1, act: { sub: 'agent', act: { sub: 'first' } } })
    t.match(await client.call('whoami'), { structuredContent: { kind: 'agent', actors: ['agent', 'first'], claims: { [PLAN]: 'pro' } } })
    as('files:read')
    t.strictSame((await client.call('say')).content, [{ type: 'text', text: 'abc' }])
    t.match(await client.call('say', { as: 'much' }), { isError: true, content: [{ text: /larger than 1024 bytes \(OUTPUT_LIMIT\)/ }] })
  })

  if (version !== '2026-07-28') {
    t.test(`${name}: has no way to be asked, and is told so`, async t => {
      for (const answer of [undefined, yes]) {
        const { client, as } = await connect(t, all, { answer })
        as('files:read')
        for (const tool of ['remove', 'form', 'page']) t.match(await client.call(tool, { as: 'a' }), { isError: true, content: [{ text: /client that speaks MCP 2026-07-28/ }] }, tool)
      }
      t.strictSame(ran, [])
    })
    continue
  }

  t.test(`${name}: asks its user before the handler runs; a no, and no way to ask, run nothing`, async t => {
    const asked: unknown[] = []
    for (const answer of [{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { sure: false } }]) {
      const { client, as } = await connect(t, all, { answer: params => { asked.push(params); return answer } })
      as('files:read')
      t.match(await client.call('remove', { as: 'a' }), { isError: true, content: [{ text: 'The user did not confirm this call.' }] })
    }
    t.match(asked, [{ mode: 'form', message: 'Remove a?', requestedSchema: { required: ['sure'] } }, {}, {}])
    const mute = await connect(t, all)
    mute.as('files:read')
    for (const tool of ['remove', 'form', 'page']) await t.rejects(mute.client.call(tool, { as: 'a' }), { code: -32021, message: /supports elicitation/ })
    t.strictSame(ran, [])

    const { client, as } = await connect(t, all, { answer: yes })
    as('files:read')
    t.match(await client.call('remove', { as: 'a' }), { content: [{ text: 'did a' }] })
    t.strictSame(ran, ['a'])
  })

  t.test(`${name}: an approval that is sent twice counts once, and none counts for other arguments`, async t => {
    const twice = await connect(t, all, { answer: yes, spoil: async (body, send) => { if (body.includes('requestState')) await send(body); return send(body) } })
    twice.as('files:read')
    t.match(await twice.client.call('remove', { as: 'a' }), { isError: true, content: [{ text: /used before/ }] })
    t.strictSame(ran, ['a'])
    const other = await connect(t, all, { answer: yes, spoil: (body, send) => send(body.includes('requestState') ? body.replace('"as":"a"', '"as":"b"') : body) })
    other.as('files:read')
    await t.rejects(other.client.call('remove', { as: 'a' }), { code: -32602 })
    t.strictSame(ran, ['a'])
  })

  t.test(`${name}: fills in a form, and opens a page that knows its caller`, async t => {
    const form = await connect(t, all, { answer: () => ({ action: 'accept', content: { name: 'Ada' } }) })
    form.as('files:read')
    t.match(await form.client.call('form'), { content: [{ text: 'Hello Ada' }] })
    t.match(await form.client.call('page').catch((error: unknown) => error), { code: -32021, message: /elicitation by URL/ })

    const links: string[] = []
    const page = await connect(t, pages, { elicitation: { url: {} }, answer: ({ url }) => { links.push(String(url)); return { action: 'accept' } } })
    page.as('files:read')
    t.match(await page.client.call('page'), { content: [{ text: 'accept' }] })
    const token = new URL(String(links)).searchParams.get('elicitation')
    const elicitations = createElicitations({ secret: SECRET, spent: createSpent() })
    t.strictSame(elicitations.check(token, { issuer: pages.issuer.url, subject: 'auth0|alice' }), { ok: true, tool: 'page', clientId: 'editor' })
    t.strictSame(elicitations.check(token, { issuer: pages.issuer.url, subject: 'auth0|bob' }), { ok: false, reason: 'other_user' })
  })
}
