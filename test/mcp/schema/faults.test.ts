import { Type, type TSchema } from '@sinclair/typebox'
import t from 'tap'
import { createRegistry, type RegisteredTool } from '../../../mcp/registry.ts'
import { defineTool, type Tool } from '../../../mcp/tool.ts'
import { build, call } from '../../support/build.ts'
import { listen } from '../../support/wire.ts'

/** The message to a model about these arguments, under this schema. */
function faultOf (input: TSchema | object, args: unknown): string | undefined {
  const tool = { name: 'tool', title: 'T', description: 'D.', scopes: ['s'], input, handler: () => [] } as unknown as Tool
  return createRegistry([tool]).get('tool')?.checkInput(args)
}

const cash = Type.Literal('cash')
const card = Type.Object({ by: Type.Literal('card'), number: Type.String() })
const wire = Type.Object({ by: Type.Literal('wire'), iban: Type.String(), urgent: Type.Optional(Type.Boolean()) })
const pay = (...branches: TSchema[]) => Type.Object({ p: Type.Union(branches) })
const raw = (schema: object, more: object = {}) => ({ type: 'object', properties: { p: schema }, ...more })

t.test('F-T1 describes the fault by the branch of a union that fits best', async t => {
  const rows: ReadonlyArray<[what: string, input: TSchema | object, args: unknown, fault: string | undefined]> = [
    ['by its constant', pay(cash, card), { p: { by: 'card', number: 12 } }, 'arguments.p.number: must be string'],
    ['and right', pay(cash, card), { p: { by: 'card', number: '12' } }, undefined],
    ['of several objects', pay(cash, card, wire), { p: { by: 'wire', iban: 1 } }, 'arguments.p.iban: must be string'],
    ['with a member missing', pay(wire, card), { p: { by: 'card' } }, "arguments.p: must have required property 'number'"],
    ['with an unknown constant', pay(cash, card, wire), { p: { by: 'coin' } }, 'arguments.p.by: must be card or wire'],
    ['without its constant', pay(card, wire), { p: { number: 'x' } }, "arguments.p: must have required property 'by' (card or wire)"],
    ['of another type', pay(cash, card), { p: 5 }, 'arguments.p: must be cash or object'],
    ['another word', pay(cash, card), { p: 'coin' }, 'arguments.p: must be cash or object'],
    ['by an enum', raw({ anyOf: [{ type: 'object', properties: { k: { enum: ['a', 'b'] }, x: { type: 'string' } } }, { type: 'object', properties: { k: { enum: ['c'] }, y: { type: 'string' } } }] }), { p: { k: 'b', x: 1 } }, 'arguments.p.x: must be string'],
    ['by several constants', pay(Type.Object({ a: Type.Literal(1), b: Type.Literal(1), x: Type.String() }), Type.Object({ a: Type.Literal(1), b: Type.Literal(2), x: Type.Number() })), { p: { a: 1, b: 2, x: 's' } }, 'arguments.p.x: must be number'],
    ['a nested union', pay(cash, Type.Union([card, wire])), { p: { by: 'wire', iban: 1 } }, 'arguments.p.iban: must be string'],
    ['a union in a branch', pay(Type.Object({ by: Type.Literal('card'), brand: Type.Union([Type.Literal('a'), Type.Literal('b')]) }), wire), { p: { by: 'card', brand: 'c' } }, 'arguments.p.brand: must be a or b'],
    ['nullable', Type.Object({ p: Type.Union([card, Type.Null()]) }), { p: { by: 'card', number: 1 } }, 'arguments.p.number: must be string'],
    ['a nullable union', pay(card, wire, Type.Null()), { p: { by: 'card', number: 1 } }, 'arguments.p.number: must be string'],
    ['null for a union', pay(card, wire), { p: null }, 'arguments.p: must be object'],
    ['in a list', Type.Object({ p: Type.Array(Type.Union([cash, card])) }), { p: ['cash', { by: 'card', number: 1 }] }, 'arguments.p.1.number: must be string'],
    ['by $ref', raw({ oneOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/b' }] }, { $defs: { a: { type: 'object', properties: { t: { const: 'a' }, x: { type: 'string' } }, required: ['t', 'x'] }, b: { type: 'object', properties: { t: { $ref: '#/$defs/tag' }, y: { type: 'number' } }, required: ['t'] }, tag: { const: 'b' } } }), { p: { t: 'b', y: 'z' } }, 'arguments.p.y: must be number'],
    ['through allOf', pay(Type.Intersect([Type.Object({ t: Type.Literal('a') }), Type.Object({ x: Type.String() })]), Type.Intersect([Type.Object({ t: Type.Literal('b') }), Type.Object({ x: Type.Number() })])), { p: { t: 'b', x: 's' } }, 'arguments.p.x: must be number'],
    ['the closest', pay(Type.Object({ lat: Type.Number(), lon: Type.Number() }), Type.Object({ city: Type.String() })), { p: { city: 5 } }, 'arguments.p.city: must be string'],
    ['the closest by what is right', pay(Type.Object({ id: Type.Number(), a: Type.String() }), Type.Object({ id: Type.String(), b: Type.String() })), { p: { id: 'x', b: 1 } }, 'arguments.p.b: must be string'],
    ['all, where none is closer', pay(Type.Object({ a: Type.String() }), Type.Object({ b: Type.String() })), { p: {} }, "arguments.p: must have required property 'a', or must have required property 'b'"],
    ['texts of several formats', pay(Type.String({ format: 'date' }), Type.String({ format: 'email' })), { p: 'x' }, 'arguments.p: must match format "date", or must match format "email"'],
    ['lists', pay(Type.Array(Type.String()), Type.String()), { p: ['a', 1] }, 'arguments.p.1: must be string'],
    ['plain types', pay(Type.String(), Type.Number()), { p: true }, 'arguments.p: must be string or number'],
    ['at the root, all', { type: 'object', anyOf: [{ required: ['phone'] }, { required: ['email'] }] }, {}, "arguments: must have required property 'phone', or must have required property 'email'"],
    ['at the root, all with their members', { type: 'object', anyOf: [{ properties: { phone: { type: 'string' } }, required: ['phone'] }, { properties: { email: { type: 'string' } }, required: ['email'] }] }, { phone: 1 }, "arguments.phone: must be string; or arguments: must have required property 'email'"],
    ['at the root, by its constant', { type: 'object', anyOf: [card, wire] }, { by: 'card', number: 1 }, 'arguments.number: must be string'],
    ['of branches without a common constant', raw({ anyOf: [{ properties: { k: { const: 1 } } }, { properties: { m: { const: 2 } } }] }), { p: { k: 0, m: 0 } }, 'arguments.p.k: must be 1; or arguments.p.m: must be 2'],
    ['of branches whose constant is optional', raw({ anyOf: [{ properties: { k: { const: 1 }, x: { type: 'string' } } }, { properties: { k: { const: 2 }, y: { type: 'string' } }, required: ['y'] }] }), { p: { x: 1 } }, 'arguments.p.x: must be string'],
    ['closest through allOf', raw({ anyOf: [{ allOf: [{ properties: { a: { type: 'string' } }, required: ['a'] }] }, { properties: { b: { type: 'string' } } }] }), { p: { b: 1 } }, 'arguments.p.b: must be string'],
    ['a fraction for an integer', pay(Type.Integer(), Type.Object({})), { p: 1.5 }, 'arguments.p: must be integer'],
    ['a reference with a sibling', raw({ anyOf: [{ $ref: '#/$defs/n', minimum: 5 }, { type: 'string' }] }, { $defs: { n: { type: 'number' } } }), { p: 1 }, 'arguments.p: must be >= 5'],
    ['a union with a sibling', raw({ anyOf: [{ anyOf: [{ type: 'number' }, { type: 'boolean' }], not: { const: 1 } }, { type: 'string' }] }), { p: 1 }, 'arguments.p: must NOT be valid'],
    ['recursive', Type.Object({ p: Type.Recursive(This => Type.Object({ k: Type.Literal('n'), next: Type.Optional(Type.Union([This, Type.Null()])) }), { $id: 'node' }) }), { p: { k: 'n', next: { k: 'm' } } }, 'arguments.p.next.k: must be n']
  ]
  for (const [what, input, args, fault] of rows) t.equal(faultOf(input, args), fault, what)
})

t.test('F-T1 names every choice', async t => {
  const size = Type.Union([Type.Literal('small'), Type.Literal('medium'), Type.Literal('large')])
  t.equal(faultOf(pay(size), { p: 'huge' }), 'arguments.p: must be small, medium or large')
  t.equal(faultOf(Type.Object({ p: Type.Optional(Type.Union([size, Type.Null()])) }), { p: 1 }), 'arguments.p: must be small, medium, large or null')
  t.equal(faultOf(raw({ enum: [1, 2.5, '3', 'a b', true, 'true'] }), { p: 9 }), 'arguments.p: must be 1, 2.5, "3", "a b", true or "true"')
  t.equal(faultOf(raw({ const: 7 }), { p: 9 }), 'arguments.p: must be 7')
  t.match(faultOf(raw({ enum: Array.from({ length: 300 }, (_, i) => i) }), { p: -1 }), /48, 49 or one of 250 more$/)
  t.equal(faultOf(Type.Object({ p: Type.Union([Type.String(), Type.Null()]) }), { p: 1 }), 'arguments.p: must be string or null')
})

t.test('F-T1 names the inner fault of a condition and of property names', async t => {
  const conditional = { type: 'object', properties: { k: {} }, if: { properties: { k: { const: 1 } } }, then: { required: ['x'] }, else: { required: ['y'] } }
  t.equal(faultOf(conditional, { k: 1 }), "arguments: must have required property 'x'")
  t.equal(faultOf(conditional, { k: 2 }), "arguments: must have required property 'y'")
  t.equal(faultOf(raw({ type: 'object', propertyNames: { maxLength: 2 } }), { p: { abc: 1 } }), 'arguments.p: property "abc" must NOT have more than 2 characters')
  t.equal(faultOf({ type: 'object', properties: { a: {} }, unevaluatedProperties: false }, { b: 1 }), 'arguments: must NOT have unevaluated properties ("b")')
  t.equal(faultOf(raw({ oneOf: [{ type: 'number', minimum: 1 }, { type: 'number', minimum: 2 }] }), { p: 5 }), 'arguments.p: must match exactly one of the alternatives, but matches several')
  t.equal(faultOf(raw({ anyOf: [false, { type: 'string' }] }), { p: 5 }), 'arguments.p: must be string')
})

t.test('F-T2 checks multiples in decimals, not in binary fractions', async t => {
  const rows: ReadonlyArray<[step: number, right: readonly number[], wrong: readonly number[]]> = [
    [0.01, [19.99, 4.35, 0.07, 0, -19.99, 1e21, 123456789012.34, 90071992547409.91, 1.1], [1.005, 0.001, 123456789012.345, 1e-9]],
    [0.1, [0.3, 0.7, 1e15, 2.2], [0.35, 0.01]],
    [1e-7, [3e-7, 0.0000012, 1], [1.5e-7]],
    [3, [9, -9, 0, 3e20], [10, 3.5, 1e20]],
    [2.5, [5, 7.5, 1e3], [6]],
    [1, [1, 1e308], [0.5]]
  ]
  for (const [multipleOf, right, wrong] of rows) {
    const input = Type.Object({ p: Type.Number({ multipleOf }) })
    for (const p of right) t.equal(faultOf(input, { p }), undefined, `${p} of ${multipleOf}`)
    for (const p of wrong) t.equal(faultOf(input, { p }), `arguments.p: must be a multiple of ${multipleOf}`, `${p} of ${multipleOf}`)
  }
})

t.test('F-T3 rejects dates and times that the calendar does not have', async t => {
  const rows: ReadonlyArray<[format: string, right: readonly string[], wrong: readonly string[]]> = [
    ['date', ['2024-02-29', '2000-02-29', '2026-12-31'], ['2026-02-30', '2026-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-1-1']],
    ['date-time', ['2026-01-31T23:59:59Z', '2024-02-29T00:00:00.5+14:00', '2016-12-31T23:59:60Z', '2016-12-31T18:59:60-05:00', '2026-01-01t00:00:00z', '2026-02-28T00:00:00.123456Z', '2026-11-30T23:59:59-23:59'], ['2026-19-39T29:59:59Z', '2026-01-01T00:00:00+99:99', '2026-01-01 00:00:00Z', '2026-01-01T00:00:00Z\n', '2023-02-29T00:00:00Z', '2026-01-01T00:00:00+24:00', '2026-06-31T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T12:00:60Z', '2026-01-01T00:00:00', '2026-02-30T00:00:00Z']],
    ['time', ['23:59:59Z', '00:00:00+05:30'], ['25:00:00Z', '00:60:00Z', '10:00:00+24:00']]
  ]
  for (const [format, right, wrong] of rows) {
    const input = Type.Object({ p: Type.String({ format }) })
    for (const p of right) t.equal(faultOf(input, { p }), undefined, p)
    for (const p of wrong) t.equal(faultOf(input, { p }), `arguments.p: must match format "${format}"`, p)
  }
})

t.test('F-T2 F-T3 checks an output by the same rules for decimals and dates', async t => {
  const output = Type.Object({ price: Type.Number({ multipleOf: 0.01 }), day: Type.String({ format: 'date' }), at: Type.String({ format: 'date-time' }) })
  const tool = { name: 'tool', title: 'T', description: 'D.', scopes: ['s'], input: Type.Object({}), output, handler: () => ({}) } as unknown as Tool
  const { checkOutput } = createRegistry([tool]).get('tool') as RegisteredTool
  const good = { price: 19.99, day: '2024-02-29', at: '2024-02-29T23:59:59Z' }
  for (const change of [{}, { price: 4.35 }, { price: 0.07 }]) t.equal(checkOutput({ ...good, ...change }), undefined)
  t.equal(checkOutput({ ...good, price: 1.005 }), 'output.price: must be a multiple of 0.01')
  t.equal(checkOutput({ ...good, day: '2026-02-30' }), 'output.day: must match format "date"')
  t.equal(checkOutput({ ...good, at: '2026-01-01T00:00:00+99:99' }), 'output.at: must match format "date-time"')
})

t.test('compares the items of a list by their values', t => {
  const unique = raw({ type: 'array', uniqueItems: true })
  const twins = (i: number, j: number) => `arguments.p: must NOT have duplicate items (items ## ${i} and ${j} are identical)`
  for (const [list, fault] of [
    [[1, '1', true, 'true', null, 'null', [], {}, '[]', [1, 2], [2, 1], { a: 1 }, { a: '1' }], undefined],
    [[0, 1, 0], twins(0, 2)],
    [[{ a: 1, b: { c: 1, d: 2 } }, {}, { b: { d: 2, c: 1 }, a: 1 }], twins(0, 2)],
    [[[{ a: 1, b: 2 }], [{ b: 2, a: 1 }]], twins(0, 1)]
  ] as const) t.equal(faultOf(unique, { p: list }), fault, JSON.stringify(list))
  t.equal(faultOf(raw({ type: 'array', uniqueItems: false }), { p: [1, 1] }), undefined)
  t.end()
})

t.test('checks a long list and a long URL in little time', { timeout: 120_000 }, async t => {
  const long = defineTool({
    name: 'long',
    title: 'Long',
    description: 'Takes long arguments.',
    scopes: ['tool:whoami'],
    input: Type.Object({ list: Type.Array(Type.Object({ n: Type.Number() }), { uniqueItems: true }), url: Type.String({ format: 'url' }) }),
    handler: () => []
  })
  const { app, issuer } = await build(t, { tools: [long] })
  const url = `http://localhost:${await listen(app)}/mcp`
  const list = Array.from({ length: 40_000 }, (_, n) => ({ n }))
  const start = performance.now()
  for (const [args, isError] of [[{ list, url: 'https://example.com/' }, undefined], [{ list: [], url: `ftp://a:${'::'.repeat(80_000)}` }, true]] as const) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${issuer.token()}` },
      body: JSON.stringify(call('long', args))
    })
    t.equal((await answer.json() as { result: { isError?: boolean } }).result.isError, isError)
  }
  const ms = performance.now() - start
  t.ok(ms < 8000, `${ms} ms`)
})
