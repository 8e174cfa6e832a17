import { Type } from '@sinclair/typebox'
import t from 'tap'
import { createRegistry } from '../../../mcp/registry.ts'
import type { Tool } from '../../../mcp/tool.ts'

/** A good tool with these changes. */
function tool (change: Partial<Tool> = {}): Tool {
  return { name: 'good', title: 'Good', description: 'Does good.', scopes: ['tool:good'], input: Type.Object({}), handler: () => [], ...change } as Tool
}

const mirrored = (schema: object): Tool => tool({ input: Type.Unsafe<object>(schema) })
const named = (name: unknown, type: unknown = 'string'): Tool => mirrored({ type: 'object', properties: { p: { type, 'x-mcp-header': name } } })

t.test('checks x-mcp-header as clients do, since they hide a tool whose header is wrong', async t => {
  t.strictSame(createRegistry([mirrored({
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      deep: { type: 'object', properties: { count: { type: 'integer', 'x-mcp-header': "!#$%&'*+.^_`|~-9" } } },
      plain: { type: 'number' },
      anything: true
    }
  })]).get('good')?.paramHeaders, [
    { header: 'mcp-param-region', path: ['region'] },
    { header: "mcp-param-!#$%&'*+.^_`|~-9", path: ['deep', 'count'] }
  ])

  const good = { type: 'string', 'x-mcp-header': 'P' }
  const rows: ReadonlyArray<[what: RegExp, wrong: Tool]> = [
    [/expected an HTTP field name/, named('')],
    [/expected an HTTP field name/, named('a b')],
    [/expected an HTTP field name/, named('a\r\nb')],
    [/expected an HTTP field name/, named('größe')],
    [/x-mcp-header/, named(1)],
    [/expected a string, integer or boolean/, named('P', 'number')],
    [/expected a string, integer or boolean/, named('P', 'object')],
    [/expected a string, integer or boolean/, named('P', ['string', 'null'])],
    [/two parameters share a header/, mirrored({ type: 'object', properties: { a: good, b: { type: 'string', 'x-mcp-header': 'p' } } })],
    [/only parameters reached/, mirrored({ type: 'object', properties: { a: { type: 'array', items: good } } })],
    [/only parameters reached/, mirrored({ type: 'object', properties: { a: { anyOf: [good] } } })],
    [/only parameters reached/, mirrored({ type: 'object', allOf: [{ properties: { a: good } }] })],
    [/only parameters reached/, mirrored({ type: 'object', $defs: { a: good }, properties: { a: { $ref: '#/$defs/a' } } })],
    [/only parameters reached/, mirrored({ type: 'object', additionalProperties: good })],
    [/only parameters reached/, mirrored({ type: 'object', if: { properties: { a: good } }, then: true })]
  ]
  for (const [what, wrong] of rows) t.throws(() => createRegistry([wrong]), { message: what }, String(what))
})
