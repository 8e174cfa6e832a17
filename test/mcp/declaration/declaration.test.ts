import { Type } from '@sinclair/typebox'
import t from 'tap'
import { createRegistry } from '../../../mcp/registry.ts'
import type { Tool } from '../../../mcp/tool.ts'
import * as whoamiModule from '../../../tools/whoami.ts'
import { build } from '../../support/build.ts'

const tool = (input: object, more: object = {}): Tool => ({ name: 'tool', title: 'T', description: 'D.', scopes: ['s'], input, handler: () => [], ...more }) as unknown as Tool
const property = (p: object): Tool => tool({ type: 'object', properties: { p } })

function warnings (...tools: Tool[]): string[] {
  const said: string[] = []
  createRegistry(tools, message => said.push(message))
  return said
}

t.test('F-T7 warns of keywords that model providers drop', async t => {
  const a = Type.Object({ a: Type.String() })
  const rows: ReadonlyArray<[what: Tool, warning: RegExp]> = [
    [tool(Type.Intersect([a, Type.Object({ b: Type.String() })])), /^Tool "tool": "allOf" at the top of the input schema: .*Type\.Composite/],
    [tool({ type: 'object', anyOf: [{ required: ['a'] }] }), /"anyOf" at the top/],
    [tool({ type: 'object', $ref: '#/$defs/a', $defs: { a: {} } }), /"\$ref" at the top/],
    [tool(Type.Object({ p: Type.Recursive(This => Type.Object({ next: Type.Optional(This) }), { $id: 'Node' }) })), /"\$ref" to an "\$id"/],
    [property({ allOf: [{ type: 'string' }] }), /"allOf" at \/properties\/p: some model providers drop it/],
    [property({ type: 'array', prefixItems: [{}] }), /"prefixItems" at/]
  ]
  for (const [wrong, warning] of rows) t.ok(warnings(wrong).some(said => warning.test(said)), String(warning))
  t.strictSame(warnings(tool(a), whoamiModule.default), [])
  const { logs } = await build(t, { tools: [tool(Type.Intersect([a, a]))] })
  t.match(logs.find(({ level }) => level === 40), { msg: /^Tool "tool": "allOf"/ }, 'in the log of the start')
})

t.test('F-T7 says what to write instead of a schema that cannot work', async t => {
  const rows: ReadonlyArray<[what: Tool, message: RegExp]> = [
    [property(Type.Tuple([Type.String(), Type.Number()])), /^Tool "tool": Type\.Tuple at \/properties\/p is not JSON Schema 2020-12; write Type\.Array, or Type\.Object/],
    [property(Type.Date()), /type "Date" at \/properties\/p does not exist in JSON; write Type\.String\(\{ format: 'date-time' \}\)/],
    [property(Type.BigInt()), /write Type\.Integer\(\) or Type\.String\(\)/],
    [property(Type.Symbol()), /write a type that JSON has/],
    [property(Type.Ref('Address')), /\$ref "Address" at \/properties\/p leads to no place in this schema; write the schema itself there/],
    [property(Type.Transform(Type.String()).Decode(Number).Encode(String)), /Type\.Transform at \/properties\/p does not run here/],
    [tool(Type.Object({}), { output: Type.Object({ p: Type.Date() }) }), /type "Date"/]
  ]
  for (const [wrong, message] of rows) t.throws(() => createRegistry([wrong]), { message }, String(message))
})

t.test('an API has an identifier, a plain URL and scopes', async t => {
  const api = { audience: 'https://orders.example', url: 'https://orders.example/v1', scopes: ['read:orders'] }
  const make = (more: object): Tool => tool({ type: 'object' }, { api: { ...api, ...more } })
  for (const url of ['https://orders.example', 'https://orders.example/', 'https://orders.example/v1/', 'http://localhost:1/v1', 'http://127.0.0.1', 'http://[::1]:1']) createRegistry([make({ url })])

  for (const audience of ['', undefined]) t.throws(() => createRegistry([make({ audience })]), { message: /^Tool "tool": expected api\.audience/ })
  for (const scopes of [[], undefined, ['a b'], ['a"'], ['']]) t.throws(() => createRegistry([make({ scopes })]), /api\.scopes to have at least one scope/)
  for (const url of ['', undefined, '/v1', 'https://Orders.example', 'https://orders.example:443', 'https://orders.example/v1/../v2', 'https://orders.example\\a', 'https://orders.example/ ', 'https:orders.example', 'https://orders.example?a', 'https://orders.example/#', 'https://user@orders.example', 'https://orders.example/%2e']) t.throws(() => createRegistry([make({ url })]), /api\.url to be a URL in its canonical form/, String(url))
  for (const url of ['http://orders.example', 'http://localhost.example/', 'ftp://localhost', 'http://127.0.0.2']) t.throws(() => createRegistry([make({ url })]), /api\.url to be https, or http on a loopback host/, url)
})

t.test('F-T8 names the entry that is not a tool, and which keyword is unknown', async t => {
  const rows: ReadonlyArray<[tools: unknown[], message: RegExp]> = [
    [[tool({ type: 'object' }), undefined], /^entry 2 of tools\/index\.ts is not a tool; it is undefined/],
    [[whoamiModule], /^entry 1 of tools\/index\.ts is not a tool; it is a whole module/],
    [[null], /^entry 1 .*write defineTool/],
    [[{ title: 'x' }], /^entry 1/],
    [[{ ...tool({ type: 'object' }), handler: undefined, handle () {} }], /^Tool "tool": unknown field "handle"; a tool has name,.* handler$/],
    [[tool({ type: 'object' }, { handler: undefined })], /^Tool "tool": expected a handler/],
    [[tool({ type: 'object' }, { scopes: undefined })], /expected at least one scope/],
    [[tool({ type: 'object' }, { title: undefined })], /expected a title/],
    [[tool({ type: 'object' }, { description: undefined })], /expected a description/],
    [[tool({ type: 'object' }, { input: undefined })], /expected the input schema/],
    [[tool({ $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' })], /expected JSON Schema 2020-12/],
    [[property({ typo: 1 })], /^Tool "tool": the schema of the arguments has the unknown keyword: "typo"; look for a typing error/],
    [[tool({ type: 'object' }, { output: { type: 'object', typo: 1 } })], /^Tool "tool": the schema of the output has the unknown keyword: "typo"/],
    [[property({ type: 'string', minLength: -1 })], /^Tool "tool": schema is invalid: data\/properties\/p\/minLength must be >= 0/]
  ]
  for (const [tools, message] of rows) t.throws(() => createRegistry(tools as Tool[]), { message }, String(message))
  createRegistry([property({ 'x-order': 1, 'x-ui': { a: 1 }, example: 1, examples: [1] }), tool({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', 'x-order': 2 }, { name: 'second' })])
})

t.test('audit names arguments that the tool has', async t => {
  t.throws(() => createRegistry([tool({ type: 'object' }, { audit: ['path'] })]), { message: /audit: the input has no property "path"/ })
  createRegistry([tool(Type.Object({ path: Type.String() }), { audit: ['path'] })])
})
