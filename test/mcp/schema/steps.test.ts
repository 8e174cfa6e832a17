import t from 'tap'
import type { Tool } from '../../../mcp/tool.ts'
import { createRegistry, type RegisteredTool } from '../../../mcp/registry.ts'
import { boundSteps, step } from '../../../mcp/schema/steps.ts'

const TOO_MANY = 'could fit the schema in too many ways to be checked; nest it less deep'
const NODE = { $ref: '#/$defs/node' }

/** A tool whose argument `p` is a node: one of these branches. */
function toolOf (...anyOf: readonly unknown[]): RegisteredTool {
  const input = { type: 'object', properties: { p: NODE }, $defs: { node: { anyOf } } }
  const tool = { name: 'x', title: 'X', description: 'X', scopes: ['s:x'], input, handler: () => [] } as unknown as Tool
  return createRegistry([tool]).tools[0] as RegisteredTool
}

/** Arguments of so many levels. */
function nested (levels: number, leaf: object, wrap: (inner: object) => object): { p: object } {
  return { p: Array.from({ length: levels }).reduce<object>(wrap, leaf) }
}

/** A branch in which a part that refers back stands in front of what tells it from others. */
function node (op: object, more: object = {}): object {
  return { type: 'object', properties: { left: NODE, op, ...more }, required: ['op'] }
}

t.test('refuses a value that could fit a schema in too many ways', { timeout: 120_000 }, async t => {
  const { checkInput } = toolOf(node({ type: 'number' }), node({ type: 'string' }))
  for (const op of ['text', true]) {
    const args = (levels: number) => nested(levels, { op }, left => ({ left, op: 'text' }))
    t.equal(checkInput(args(2)) === undefined, op === 'text')
    t.equal(checkInput(args(22)), `arguments: ${TOO_MANY}`)
  }
  t.equal(checkInput(nested(24, { op: 1 }, left => ({ left, op: 'text' }))), `arguments: ${TOO_MANY}`)
  t.equal(checkInput({ p: { op: 1 } }), undefined, 'each check begins anew')
})

t.test('checks a value of many levels that fits in one way', async t => {
  const { checkInput } = toolOf(node({ const: 'add' }), node({ enum: ['sub', 'div'] }, { free: true }))
  t.equal(checkInput(nested(60, { op: 'add' }, left => ({ left, op: 'div' }))), undefined)
  t.match(checkInput(nested(60, { op: 'bad' }, left => ({ left, op: 'sub' }))), /^arguments\.p\.left.*\.op: must be add, sub or div$/)
})

t.test('fills the defaults of the branch that the constants choose, at every level', async t => {
  const { withDefaults } = toolOf({ type: 'string' }, node({ const: 'add' }, { size: { default: 1 } }), node({ const: 'div' }), node({ const: 'sub' }, { size: { default: 2 }, free: true }))
  const args = nested(14, { op: 'add' }, left => ({ left, op: 'sub' }))
  t.same(withDefaults(args), nested(14, { op: 'add', size: 1 }, left => ({ left, op: 'sub', size: 2 })))
  t.same(withDefaults({ p: 'text' }), { p: 'text' })
  t.same(withDefaults({ p: { op: {} } }), { p: { op: {} } })
  const only = toolOf(node({ const: 'add' }, { size: { default: 1 } }), node({ const: 'sub' }))
  t.same(only.withDefaults(nested(14, { op: 'add' }, left => ({ left, op: 'add' }))), nested(14, { op: 'add', size: 1 }, left => ({ left, op: 'add', size: 1 })))
})

t.test('refuses a value whose defaults could come from too many branches', { timeout: 120_000 }, async t => {
  const branch = (type: string) => ({ type: 'object', properties: { left: NODE, size: { type, default: type === 'number' ? 1 : 'one' } }, required: ['size'] })
  const { withDefaults } = toolOf(branch('boolean'), branch('number'), branch('string'))
  t.throws(() => withDefaults(nested(28, { size: 'two' }, left => ({ left, size: 'two' }))), { code: -32602, message: `params.arguments ${TOO_MANY}` })
})

t.test('refuses a value whose defaults come from too many parts', { timeout: 120_000 }, async t => {
  const part = { type: 'object', properties: { left: NODE, size: { default: 1 } } }
  const { withDefaults } = toolOf({ allOf: Array(5).fill(part) })
  t.same(withDefaults(nested(1, {}, left => ({ left }))), nested(1, { size: 1 }, left => ({ left, size: 1 })))
  t.throws(() => withDefaults(nested(14, {}, left => ({ left }))), { code: -32602 })
})

t.test('hands on another error', async t => {
  t.throws(() => toolOf(node({ type: 'string' })).checkInput({ get p () { throw new Error('another') } }), { message: 'another' })
})

t.test('the bound lets every other error pass', async t => {
  t.throws(() => boundSteps({}, () => { throw new RangeError('other') }, () => 'too many'), { message: 'other' })
})

t.test('the bound grows with the number of values, up to 500,000 steps', async t => {
  const passes = (value: unknown, steps: number): boolean => boundSteps(value, () => {
    for (let i = 0; i < steps; i++) step()
    return true
  }, () => false)
  let deep: unknown = 'inside'
  for (let i = 0; i < 100_000; i++) deep = [deep]
  for (const [value, most] of [['text', 20_200], [{ a: [1, null], b: {} }, 21_000], [Array(3000).fill(0), 500_000], [deep, 500_000]] as const) {
    t.equal(passes(value, most), true)
    t.equal(passes(value, most + 1), false)
  }
})
