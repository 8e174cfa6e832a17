import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { createRegistry } from '../../../mcp/registry.ts'
import { defineTool, type Tool } from '../../../mcp/tool.ts'
import { build, call, modern } from '../../support/build.ts'

const tool = (input: TSchema | object, more: object = {}): Tool => ({ name: 'tool', title: 'T', description: 'D.', scopes: ['s'], input, handler: () => [], ...more }) as unknown as Tool
const published = (input: TSchema | object): Record<string, any> => ({ ...createRegistry([tool(input)]).get('tool')?.inputSchema })
const property = (schema: TSchema | object): unknown => published({ type: 'object', properties: { p: schema } })['properties'].p

const size = Type.Union([Type.Literal('small'), Type.Literal('large')])

t.test('F-T4 sends choices as enum and nullable schemas as a type', async t => {
  const rows: ReadonlyArray<[what: string, schema: TSchema | object, sent: object]> = [
    ['a choice', size, { type: 'string', enum: ['small', 'large'] }],
    ['with annotations', Type.Union([Type.Literal('a'), Type.Literal('b')], { title: 'P', description: 'Which.', default: 'a' }), { type: 'string', enum: ['a', 'b'], title: 'P', description: 'Which.', default: 'a' }],
    ['numbers', Type.Union([Type.Literal(1), Type.Literal(2.5)]), { type: 'number', enum: [1, 2.5] }],
    ['mixed', Type.Union([Type.Literal('auto'), Type.Literal(1), Type.Literal(true)]), { type: ['string', 'number', 'boolean'], enum: ['auto', 1, true] }],
    ['an enum', Type.Enum({ A: 'a', B: 'b' }), { type: 'string', enum: ['a', 'b'] }],
    ['nested choices', Type.Union([size, Type.Literal('huge')]), { type: 'string', enum: ['small', 'large', 'huge'] }],
    ['a nullable choice', Type.Union([size, Type.Null()]), { type: ['string', 'null'], enum: ['small', 'large', null] }],
    ['a flat nullable choice', Type.Union([Type.Literal('a'), Type.Null()]), { type: ['string', 'null'], enum: ['a', null] }],
    ['oneOf', { oneOf: [{ const: 'a' }, { const: 'b' }] }, { type: 'string', enum: ['a', 'b'] }],
    ['what is said of each choice', { oneOf: [{ const: 'a', title: 'First' }, { const: 'b', description: 'Second' }], description: 'Which.' }, { type: 'string', enum: ['a', 'b'], description: 'Which.\na: First\nb: Second' }],
    ['choices that are described, without a description', { oneOf: [{ const: 'a', title: 'First' }] }, { type: 'string', enum: ['a'], description: 'a: First' }],
    ['a nullable string', Type.Union([Type.String({ minLength: 1 }), Type.Null()]), { type: ['string', 'null'], minLength: 1 }],
    ['null first', Type.Union([Type.Null(), Type.Integer({ description: 'inner' })], { description: 'outer' }), { type: ['integer', 'null'], description: 'outer' }],
    ['a nullable object', Type.Union([Type.Object({ a: size }), Type.Null()]), { type: ['object', 'null'], required: ['a'], properties: { a: { type: 'string', enum: ['small', 'large'] } } }],
    ['a nullable list', Type.Union([Type.Array(size), Type.Null()]), { type: ['array', 'null'], items: { type: 'string', enum: ['small', 'large'] } }],
    ['only null', { anyOf: [{ type: 'null' }] }, { type: 'null' }],
    ['in additionalProperties', Type.Record(Type.String(), size), { type: 'object', patternProperties: { '^(.*)$': { type: 'string', enum: ['small', 'large'] } } }]
  ]
  for (const [what, schema, sent] of rows) t.strictSame(property(schema), sent, what)
})

t.test('F-T4 does not change a union that has no equivalent', async t => {
  const same: ReadonlyArray<object> = [
    { anyOf: [{ type: 'string' }, { type: 'number' }] },
    { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
    { anyOf: [{ type: 'object', not: { required: ['a'] } }, { type: 'null' }] },
    { anyOf: [{ minLength: 1 }, { type: 'null' }] },
    { anyOf: [{ const: 'a' }, { type: 'object' }] },
    { anyOf: [{ const: 'a' }, { const: { b: 1 } }] },
    { oneOf: [{ const: 'a' }, { enum: ['a', 'b'] }] },
    { type: 'string', anyOf: [{ const: 'a' }, { const: 'b' }] },
    { anyOf: [true, { type: 'null' }] }
  ]
  for (const schema of same) t.strictSame(property(schema), schema)
  const pointed = { type: 'object', properties: { p: { anyOf: [{ const: 'a' }, { const: 'b' }] }, q: { $ref: '#/properties/p/anyOf/0' } } }
  t.strictSame(published(pointed), pointed, 'a reference into the union')
  t.strictSame((property({ const: { anyOf: [{ const: 'a' }] } }) as any).const, { anyOf: [{ const: 'a' }] }, 'a value is no schema')
})

t.test('F-T4 accepts the same values as before', async t => {
  const { checkInput } = createRegistry([tool(Type.Object({ p: Type.Union([size, Type.Null()]) }))]).get('tool') as NonNullable<ReturnType<ReturnType<typeof createRegistry>['get']>>
  for (const p of ['small', 'large', null]) t.equal(checkInput({ p }), undefined)
  for (const p of ['huge', 1, {}, true]) t.ok(checkInput({ p }))
})

const Filter = Type.Object({ limit: Type.Integer({ default: 10, minimum: 1 }), tags: Type.Array(Type.String(), { default: ['all'] }) })

t.test('F-T4 F-T9 applies the defaults of absent properties, and types them', async t => {
  let seen: unknown
  const defaulted = defineTool({
    name: 'defaulted',
    title: 'D',
    description: 'D.',
    scopes: ['tool:whoami'],
    input: Type.Object({
      limit: Type.Integer({ default: 10, minimum: 1 }),
      unit: Type.Union([Type.Literal('C'), Type.Literal('F')], { default: 'C' }),
      note: Type.Optional(Type.String()),
      filter: Type.Optional(Filter),
      deep: Type.Object({ filter: Type.Object({ limit: Type.Integer({ default: 3 }) }, { default: {} }) }, { default: {} }),
      rows: Type.Optional(Type.Array(Type.Object({ unit: Type.String({ default: 'm' }) }))),
      target: Type.Optional(Type.Union([Type.Object({ by: Type.Literal('mail'), retries: Type.Integer({ default: 2 }) }), Type.Object({ by: Type.Literal('post'), copies: Type.Integer({ default: 1 }) })]))
    }),
    handler (input) {
      seen = input
      return [{ type: 'text', text: `${input.limit.toFixed(1)} ${input.unit.toLowerCase()} ${input.deep.filter.limit.toFixed()}` }]
    }
  })
  const { issuer, post } = await build(t, { tools: [defaulted] })
  const run = async (args: object) => (await post(call('defaulted', args), issuer.token())).json().result
  t.match(await run({}), { content: [{ text: '10.0 c 3' }] })
  t.strictSame(seen, { limit: 10, unit: 'C', deep: { filter: { limit: 3 } } })
  await run({ limit: 5, unit: 'F', note: '', filter: {}, deep: { filter: {} }, rows: [{}, { unit: 'km' }], target: { by: 'post' } })
  t.strictSame(seen, { limit: 5, unit: 'F', note: '', filter: { limit: 10, tags: ['all'] }, deep: { filter: { limit: 3 } }, rows: [{ unit: 'm' }, { unit: 'km' }], target: { by: 'post', copies: 1 } })
  t.match(await run({ limit: null }), { isError: true, content: [{ text: 'arguments.limit: must be integer' }] }, 'null is a value')
  t.match(await run({ filter: { limit: 0 } }), { isError: true, content: [{ text: 'arguments.filter.limit: must be >= 1' }] })

  const { message, headers } = modern('tools/list')
  const [{ inputSchema }] = (await post(message, issuer.token(), headers)).json().result.tools
  t.notOk('required' in inputSchema, 'a property with a default need not be sent')
  t.equal(inputSchema.properties.limit.default, 10)
  t.strictSame(inputSchema.properties.unit, { default: 'C', type: 'string', enum: ['C', 'F'] }, 'a client receives the choices as enum')
  t.notOk('required' in inputSchema.properties.filter)
})

t.test('F-T9 applies defaults through references, compositions and lists, and does not change the arguments of the caller', async t => {
  const filled = (input: object, args: Record<string, unknown>): unknown => createRegistry([tool(input)]).get('tool')?.withDefaults(args)
  const d = (value: unknown) => ({ default: value })
  t.strictSame(filled({ type: 'object', properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: 'object', properties: { x: d(1) } } } }, { a: {} }), { a: { x: 1 } })
  t.strictSame(filled({ type: 'object', allOf: [{ properties: { x: d(1) } }, { properties: { y: d(2) } }] }, {}), { x: 1, y: 2 })
  t.strictSame(filled({ type: 'object', properties: { l: { prefixItems: [{ properties: { x: d(1) } }], items: { properties: { y: d(2) } } } } }, { l: [{}, {}, 3] }), { l: [{ x: 1 }, { y: 2 }, 3] })
  t.strictSame(filled({ type: 'object', additionalProperties: { properties: { x: d(1) } } }, { a: {}, b: 1 }), { a: { x: 1 }, b: 1 })
  t.strictSame(filled({ type: 'object', properties: { u: { oneOf: [{ type: 'string' }, { type: 'object', properties: { x: d(1) } }] } } }, { u: {} }), { u: { x: 1 } })
  t.strictSame(filled({ type: 'object', properties: { u: { anyOf: [{ type: 'string' }, true] }, x: d(0) } }, { u: 1 }), { u: 1, x: 0 })
  t.ok(filled({ type: 'object', properties: { child: { $ref: '#', default: {} } } }, {}), 'a default without end has one')

  const input = { type: 'object', properties: { list: d([{ a: 1 }]), inner: { type: 'object', properties: { x: d(1) } } } }
  const args = { inner: {} }
  const first = filled(input, args) as { list: [{ a: number }] }
  first.list[0].a = 2
  t.strictSame(args, { inner: {} })
  t.match(filled(input, {}), { list: [{ a: 1 }] }, 'calls do not share a default')
  t.strictSame(input.properties.list.default, [{ a: 1 }])
})
