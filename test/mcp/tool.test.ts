import { Type } from '@sinclair/typebox'
import t from 'tap'
import { createRegistry } from '../../mcp/registry.ts'
import { defineTool, type Tool } from '../../mcp/tool.ts'
import { build, call } from '../support/build.ts'

t.test('F-T10 leaves out an optional member that is undefined', async t => {
  const optional = defineTool({
    name: 'optional',
    title: 'O',
    description: 'D.',
    scopes: ['tool:whoami'],
    input: Type.Object({ name: Type.Optional(Type.String()) }),
    output: Type.Object({ name: Type.Optional(Type.String()), inner: Type.Object({ a: Type.Optional(Type.Number()) }), list: Type.Array(Type.Object({ b: Type.Optional(Type.String()) })) }, { additionalProperties: false }),
    handler: ({ name }) => ({ name, inner: { a: undefined }, list: [{ b: name }] })
  })
  const { issuer, post } = await build(t, { tools: [optional] })
  t.strictSame((await post(call('optional'), issuer.token())).json().result.structuredContent, { inner: {}, list: [{}] })
})

t.test('the types of a handler follow from its schemas, with literals and without arguments', async t => {
  const about = { name: 'typed', title: 'T', description: 'D.', scopes: ['s'] as const }
  const unit = Type.Object({ unit: Type.Union([Type.Literal('foot'), Type.Literal('mile')]), note: Type.Optional(Type.String()) })
  const right: readonly Tool[] = [
    defineTool({ ...about, input: Type.Object({}), handler: () => [{ type: 'text', text: 'a' }] }),
    defineTool({ ...about, input: Type.Object({}), async handler () { return [{ type: 'text', text: 'a' }] } }),
    defineTool({ ...about, input: Type.Object({ far: Type.Boolean() }), output: unit, handler: ({ far }) => ({ unit: far ? 'mile' : 'foot', note: undefined }) }),
    defineTool({ ...about, input: Type.Object({}), output: Type.Array(unit), async handler () { return [{ unit: 'foot' }] } })
  ]
  // @ts-expect-error: a unit that the schema does not have
  const wrong: readonly unknown[] = [defineTool({ ...about, input: Type.Object({}), output: unit, handler: () => ({ unit: 'inch' }) })]
  // @ts-expect-error: data without a schema
  const other: readonly unknown[] = [defineTool({ ...about, input: Type.Object({}), handler: () => ({ unit: 'foot' }) })]
  for (const tool of right) createRegistry([tool])
  t.equal(wrong.length + other.length, 2)
})
