import t from 'tap'
import whoami from '../../tools/whoami.ts'
import { build } from '../support/build.ts'
import { access, actingTools, ran } from '../support/tools/acting.ts'
import { CLIENTS } from './sdk-clients.ts'
import { onSocket, watch } from './watched-client.ts'

const PLAN = 'https://example.com/plan'
const tools = [whoami, ...actingTools]
const all = await onSocket(await build(t, { tools, access, env: { CALLER_CLAIMS: PLAN, OUTPUT_LIMIT: '1024' } }))
const permitted = await onSocket(await build(t, { tools, access, env: { LIST_TOOLS: 'permitted' } }))
t.beforeEach(() => { ran.length = 0 })

for (const [name, make] of CLIENTS.slice(1)) {
  t.test(`${name}: checks scopes of all forms, and names in the challenge what the call needs`, async t => {
    const { client, last, as } = await watch(t, make, all)
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

  t.test(`${name}: tells why a call is denied, and runs nothing if the decision fails`, async t => {
    const { client, last, as } = await watch(t, make, all)
    as('files:all')
    t.match(await client.call('all_of', { as: 'forbidden' }), { isError: true, content: [{ text: 'Only the owner may do this.' }] })
    await t.rejects(client.call('all_of', { as: 'broken' }), /503|cannot be decided/)
    t.equal(last.status, 503)
    t.strictSame(ran, [])
  })

  t.test(`${name}: LIST_TOOLS=permitted shows what may be called, and a hidden tool is unknown`, async t => {
    const { client, as } = await watch(t, make, permitted)
    as('mail:admin')
    t.strictSame(await client.list(), ['any_of'])
    const [hidden, unknown] = await Promise.all(['all_of', 'no_tool'].map(tool => client.call(tool).catch((error: { code: number, message: string }) => [error.code, error.message.replace(tool, 'NAME')])))
    t.strictSame(hidden, unknown)
    t.match(hidden, [-32602, /Unknown tool: NAME/])
    t.match(await client.call('any_of'), { content: [{ text: 'did ' }] })
    as('files:all')
    t.strictSame(await client.list(), ['all_of', 'by_arguments', 'remove', 'form', 'page', 'say'])
  })

  t.test(`${name}: shows the named claims, and output that is safe and bounded`, async t => {
    const { client, as } = await watch(t, make, all)
    as('tool:whoami', { [PLAN]: 'pro', 'https://example.com/other': 1, act: { sub: 'agent', act: { sub: 'first' } } })
    t.match(await client.call('whoami'), { structuredContent: { kind: 'agent', actors: ['agent', 'first'], claims: { [PLAN]: 'pro' } } })
    as('files:read')
    t.strictSame((await client.call('say')).content, [{ type: 'text', text: 'abc' }])
    t.match(await client.call('say', { as: 'much' }), { isError: true, content: [{ text: /larger than 1024 bytes \(OUTPUT_LIMIT\)/ }] })
  })
}
