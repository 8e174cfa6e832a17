import t from 'tap'
import type { Json } from '../../../mcp/message.ts'
import { compile, createAjv } from '../../../mcp/schema/compile.ts'
import { defaultsOf } from '../../../mcp/schema/defaults.ts'

/** Milliseconds. Without its bound, each of these takes several times as long. */
const LIMIT = 1000

function filled (schema: Json, value: unknown): unknown {
  const { withDefaults } = compile(createAjv({ verbose: true }), schema, 'tool', 'arguments')
  const start = performance.now()
  const result = withDefaults(value)
  const ms = performance.now() - start
  t.ok(ms < LIMIT, `takes ${Math.round(ms)} ms`)
  return result
}

t.test('fills in the defaults of a recursive union in time that grows with the value', async t => {
  const branch = (type: string): Json => ({ type: 'object', properties: { kind: { type }, x: { type: 'number', default: 1 }, child: { $ref: '#/$defs/node' } }, required: ['kind'] })
  const schema = { type: 'object', properties: { node: { $ref: '#/$defs/node' } }, $defs: { node: { anyOf: ['number', 'boolean', 'string'].map(branch) } } }
  let [node, expected]: [object, object] = [{ kind: 'or' }, { kind: 'or', x: 1 }]
  for (let i = 0; i < 14; i++) [node, expected] = [{ kind: 'not', child: node }, { kind: 'not', child: expected, x: 1 }]
  t.same(filled(schema, { node }), { node: expected })
})

t.test('follows the reference of each item of a list without a search', async t => {
  const $defs = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`d${i}`, { type: 'object', properties: { a: { type: 'number', default: i } } }]))
  const schema = { type: 'object', properties: { list: { type: 'array', items: { $ref: '#/$defs/d50' } } }, $defs }
  const list = Array.from({ length: 2000 }, () => ({}))
  t.same(filled(schema, { list }), { list: list.map(() => ({ a: 50 })) })
})

t.test('tries no branch whose constants differ', async t => {
  const anyOf = Array.from({ length: 50 }, (_, kind) => ({ properties: { kind: { const: kind }, x: { default: kind } } }))
  let tried = 0
  const withDefaults = defaultsOf({ type: 'array', items: { anyOf } }, () => { tried++; return true })
  t.same(withDefaults([{ kind: 49 }, { kind: 7 }]), [{ kind: 49, x: 49 }, { kind: 7, x: 7 }])
  t.equal(tried, 0)
  t.same(withDefaults([{}]), [{ x: 0 }])
  t.equal(tried, 1)
})

t.test('fills in a list of any length', async t => {
  const withDefaults = defaultsOf({ type: 'array', items: { type: 'number' }, default: [] }, () => true)
  t.equal((withDefaults(Array(600_000).fill(1)) as unknown[]).length, 600_000)
})
