import t from 'tap'
import { createSpent } from '../../limits/spent.ts'
import { createElicitations } from '../../mcp/elicitation/elicitation.ts'
import { build } from '../support/build.ts'
import { SECRET } from '../support/links.ts'
import { access, actingTools, ran } from '../support/tools/acting.ts'
import { CLIENTS, type Answer } from './sdk-clients.ts'
import { onSocket, watch } from './watched-client.ts'

const all = await onSocket(await build(t, { tools: actingTools, access }))
const pages = await onSocket(await build(t, { tools: actingTools.filter(({ name }) => name === 'page'), env: { STATE_SECRET: SECRET } }))

const yes: Answer = () => ({ action: 'accept', content: { sure: true } })
t.beforeEach(() => { ran.length = 0 })

for (const [name, make, version] of CLIENTS.slice(1)) {
  if (version !== '2026-07-28') {
    t.test(`${name}: cannot be asked, and gets a sentence that says so`, async t => {
      for (const answer of [undefined, yes]) {
        const { client, as } = await watch(t, make, all, { answer })
        as('files:read')
        for (const tool of ['remove', 'form', 'page']) t.match(await client.call(tool, { as: 'a' }), { isError: true, content: [{ text: /client that speaks MCP 2026-07-28/ }] }, tool)
      }
      t.strictSame(ran, [])
    })
    continue
  }

  t.test(`${name}: asks its user before the handler runs; runs nothing after a no, or if it cannot ask`, async t => {
    const asked: unknown[] = []
    for (const answer of [{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { sure: false } }]) {
      const { client, as } = await watch(t, make, all, { answer: params => { asked.push(params); return answer } })
      as('files:read')
      t.match(await client.call('remove', { as: 'a' }), { isError: true, content: [{ text: 'The user did not confirm this call.' }] })
    }
    t.match(asked, [{ mode: 'form', message: 'Remove a?', requestedSchema: { required: ['sure'] } }, {}, {}])
    const mute = await watch(t, make, all)
    mute.as('files:read')
    for (const tool of ['remove', 'form', 'page']) await t.rejects(mute.client.call(tool, { as: 'a' }), { code: -32021, message: /supports elicitation/ })
    t.strictSame(ran, [])

    const { client, as } = await watch(t, make, all, { answer: yes })
    as('files:read')
    t.match(await client.call('remove', { as: 'a' }), { content: [{ text: 'did a' }] })
    t.strictSame(ran, ['a'])
  })

  t.test(`${name}: an approval that is sent twice counts once, and none counts for other arguments`, async t => {
    const twice = await watch(t, make, all, { answer: yes, spoil: async (body, send) => { if (body.includes('requestState')) await send(body); return send(body) } })
    twice.as('files:read')
    t.match(await twice.client.call('remove', { as: 'a' }), { isError: true, content: [{ text: /used before/ }] })
    t.strictSame(ran, ['a'])
    const other = await watch(t, make, all, { answer: yes, spoil: (body, send) => send(body.includes('requestState') ? body.replace('"as":"a"', '"as":"b"') : body) })
    other.as('files:read')
    await t.rejects(other.client.call('remove', { as: 'a' }), { code: -32602 })
    t.strictSame(ran, ['a'])
  })

  t.test(`${name}: fills in a form, and opens a page that knows its caller`, async t => {
    const form = await watch(t, make, all, { answer: () => ({ action: 'accept', content: { name: 'Ada' } }) })
    form.as('files:read')
    t.match(await form.client.call('form'), { content: [{ text: 'Hello Ada' }] })
    t.match(await form.client.call('page').catch((error: unknown) => error), { code: -32021, message: /elicitation by URL/ })

    const links: string[] = []
    const page = await watch(t, make, pages, { elicitation: { url: {} }, answer: ({ url }) => { links.push(String(url)); return { action: 'accept' } } })
    page.as('files:read')
    t.match(await page.client.call('page'), { content: [{ text: 'accept' }] })
    const token = new URL(String(links)).searchParams.get('elicitation')
    const elicitations = createElicitations({ secret: SECRET, spent: createSpent() })
    t.strictSame(elicitations.check(token, { issuer: pages.issuer.url, subject: 'auth0|alice' }), { ok: true, tool: 'page', clientId: 'editor' })
    t.strictSame(elicitations.check(token, { issuer: pages.issuer.url, subject: 'auth0|bob' }), { ok: false, reason: 'other_user' })
  })
}
