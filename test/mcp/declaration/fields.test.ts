import { Type } from '@sinclair/typebox'
import t from 'tap'
import { buildApp } from '../../../app.ts'
import { loadConfig } from '../../../config.ts'
import { createRegistry } from '../../../mcp/registry.ts'
import type { Access, ServerInfo, Tool } from '../../../mcp/tool.ts'

const good = {
  name: 'good',
  title: 'Good',
  description: 'Does good.',
  scopes: ['tool:good'],
  baseline: false,
  authorize: () => true,
  confirm: () => 'Do it?',
  input: Type.Object({ path: Type.String({ pattern: '^[^\u0000-\u001f\u200b]+$' }) }),
  annotations: { readOnlyHint: true, destructiveHint: undefined },
  icons: [{ src: 'https://example.com/icon.png', mimeType: 'image/png', sizes: ['48x48'], theme: 'dark' }],
  timeLimit: 0.5,
  rateLimit: { max: 1, window: 0.5 },
  concurrency: 1,
  audit: ['path'],
  rawText: true,
  api: { audience: 'orders', url: 'https://orders.example', scopes: ['read:orders'] },
  handler: () => []
}
const start = (change: object, access?: object) => createRegistry([{ ...good, ...change } as unknown as Tool], undefined, access as Access)

t.test('a field of another type stops the start', async t => {
  start({})
  const rows: ReadonlyArray<[expected: RegExp, field: string, ...wrong: unknown[]]> = [
    [/expected a title/, 'title', '', 1],
    [/expected a description/, 'description', '', null],
    [/expected baseline to be true or false/, 'baseline', 'false', null],
    [/expected authorize to be a function/, 'authorize', null, true, 'owner'],
    [/expected confirm to be a function of the arguments, or false/, 'confirm', null, true, 'Sure?'],
    [/expected the input schema to be of type "object"/, 'input', [], () => {}],
    [/expected output to be a schema/, 'output', null, [], 'text'],
    [/expected annotations to be readOnlyHint/, 'annotations', null, 'read', { readOnlyHint: 'yes' }, { readonlyHint: true }],
    [/expected icons to be a list/, 'icons', null, {}, [null], [{}], [{ src: 'http://example.com/' }], [{ src: 'data:,', sizes: '48x48' }], [{ src: 'data:,', theme: 'blue' }], [{ src: 'data:,', mimeType: 1 }], [{ src: 'data:,', alt: 'x' }]],
    [/expected a time limit of up to 86400 seconds/, 'timeLimit', '60', null, 0, Infinity],
    [/expected rateLimit to have a max/, 'rateLimit', null, 10, { max: 0, window: 1 }, { max: 1 }, { max: '1', window: 1 }, { max: 1, window: '1' }, { max: 1, window: 1, per: 'tool' }],
    [/expected concurrency to be a whole number/, 'concurrency', null, 0, 1.5, '1'],
    [/expected audit to be a list of names/, 'audit', null, 'path', [1], ['']],
    [/audit: the input has no property "caller\.claims\."; a claim is written caller\.claims\.<name>/, 'audit', ['caller.claims.']],
    [/expected rawText to be true or false/, 'rawText', 'yes'],
    [/expected api to be \{ audience, url, scopes \}/, 'api', null, 'orders'],
    [/expected api\.url to be a URL/, 'api', { ...good.api, url: new URL('https://orders.example') }],
    [/expected api\.scopes/, 'api', { ...good.api, scopes: [1] }],
    [/unknown field "scope" of api/, 'api', { ...good.api, scope: 'read:orders' }]
  ]
  for (const [expected, field, ...wrong] of rows) for (const value of wrong) t.throws(() => start({ [field]: value }), { message: new RegExp(`^Tool "good": ${expected.source}`) }, `${field} ${JSON.stringify(value)}`)
})

t.test('a field that no tool has stops the start, since it may be meant to protect', async t => {
  for (const name of ['authorise', 'confirmation', 'scope', 'timeout']) t.throws(() => start({ [name]: () => 'No.' }), { message: `Tool "good": unknown field "${name}"; a tool has ${Object.keys(good).toSpliced(8, 0, 'output').join(', ')}` }, name)
})

t.test('wrong rules for all tools stop the start', async t => {
  start({}, { authorize: () => true, implies: { all: ['tool:good'] } })
  for (const [access, message] of [
    [null, 'expected an object; found null'],
    [[true], 'expected an object; found [ true ]'],
    [{ authorize: 'owner' }, "expected authorize to be a function of the arguments; found 'owner'"],
    [{ authorise: () => 'No.' }, 'unknown field "authorise"; access has implies, authorize']
  ] as const) t.throws(() => createRegistry([], undefined, access as unknown as Access), { message: `access of tools/index.ts: ${message}` })
})

t.test('checks the name, title, version and instructions of the server', async t => {
  const server = { name: 'orders', title: 'Orders', version: '1.0.0' }
  const config = loadConfig({ AUTH0_DOMAIN: 'tenant.eu.auth0.com' })
  for (const [change, message] of [
    [{ name: '' }, "server of tools/index.ts: expected a name; found ''"],
    [{ title: undefined }, 'server of tools/index.ts: expected a title; found undefined'],
    [{ version: 1 }, 'server of tools/index.ts: expected a version, as a text; found 1'],
    [{ instructions: [] }, 'server of tools/index.ts: expected instructions to be a text; found []'],
    [{ description: 'Orders.' }, 'server of tools/index.ts: unknown field "description"; server has name, title, version, instructions'],
    [{ instructions: 'a\u202eb' }, 'there is a character that people cannot see in the instructions of the server, U+202E: remove it']
  ] as const) await t.rejects(buildApp({ config, tools: [], server: { ...server, ...change } as unknown as ServerInfo }), { message })
})

t.test('a server without tools asks for no scope', async t => {
  const app = await buildApp({ config: loadConfig({ AUTH0_DOMAIN: 'tenant.eu.auth0.com' }), tools: [] })
  t.teardown(() => app.close())
  const headers = { host: 'localhost:3000' }
  t.equal((await app.inject({ method: 'POST', url: '/mcp', headers })).headers['www-authenticate'], 'Bearer resource_metadata="http://localhost:3000/.well-known/oauth-protected-resource/mcp"')
  t.notOk('scopes_supported' in (await app.inject({ url: '/.well-known/oauth-protected-resource/mcp', headers })).json())
})

t.test('a character that people cannot see stops the start, in each text that clients get', async t => {
  const rows: ReadonlyArray<[change: object, what: string, character: string]> = [
    [{ title: 'a\u202eb' }, 'title', 'U+202E'],
    [{ description: 'a\u{e0041}b' }, 'description', 'U+E0041'],
    [{ input: Type.Object({ path: Type.String({ description: 'a\u200b' }) }) }, 'input schema', 'U+200B'],
    [{ input: Type.Object({ 'pa\u200bth': Type.Optional(Type.String()) }) }, 'input schema', 'U+200B'],
    [{ output: Type.String({ title: 'a\u0007' }) }, 'output schema', 'U+0007']
  ]
  for (const [change, what, character] of rows) t.throws(() => start(change), { message: `Tool "good": there is a character that people cannot see in the ${what}, ${character}: remove it` })
  start({ description: 'A family: 👨‍👩‍👧.\n\tAnother line.' })
})

t.test('an entry that is no tool is named, whatever the others need', async t => {
  const config = loadConfig({ AUTH0_DOMAIN: 'tenant.eu.auth0.com' })
  await t.rejects(buildApp({ config, tools: [good, undefined] as unknown as Tool[] }), { message: /^entry 2 of tools\/index\.ts is not a tool; it is undefined/ })
})
