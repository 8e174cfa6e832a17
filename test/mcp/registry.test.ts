import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { readdir } from 'node:fs/promises'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { createRegistry } from '../../mcp/registry.ts'
import { defineTool, type Tool } from '../../mcp/tool.ts'
import { tools } from '../../tools/index.ts'
import { ROOT } from '../support/root.ts'

/** A good tool with these changes. */
function tool (change: Partial<Tool> = {}): Tool {
  return { name: 'good', title: 'Good', description: 'Does good.', scopes: ['tool:good'], input: Type.Object({}), handler: () => [], ...change } as Tool
}

const mirrored = (schema: object): Tool => tool({ input: Type.Unsafe<object>(schema) })

t.test('tools/index.ts lists each file of tools/, and each file is named after its tool', async t => {
  const folder = pathToFileURL(join(ROOT, 'tools/'))
  const files = (await readdir(folder, { recursive: true })).filter(file => /\.ts$/.test(file) && file !== 'index.ts' && !file.startsWith('shared'))
  t.strictSame(files.sort(), tools.map(({ name }) => `${name.replaceAll('_', '-')}.ts`).sort())
  for (const file of files) {
    const { default: found } = await import(new URL(file, folder).href) as { default: Tool }
    t.ok(tools.includes(found), `${file} is in the index`)
    t.equal(file, `${found.name.replaceAll('_', '-')}.ts`)
  }
})

t.test('keeps tools in their order and as declared, and lists each scope once', async t => {
  const first = tool({ name: 'b', scopes: ['x', 'y'] })
  const second = defineTool({ ...tool({ name: 'a', scopes: ['y', 'z'] }) } as Tool & { output: undefined })
  const registry = createRegistry([first, second])
  t.strictSame(registry.tools.map(({ declaration }) => declaration.name), ['b', 'a'], 'in their order')
  t.strictSame(registry.scopes, ['x', 'y', 'z'], 'every scope once')
  t.equal(registry.get('a')?.declaration, second)
  for (const name of ['c', 'A', '', 1, undefined, '__proto__']) t.equal(registry.get(name), undefined)
  t.ok(Object.isFrozen(second))
})

t.test('a baseline asks for no more than a challenge does', async t => {
  const registry = createRegistry([
    tool({ name: 'a', scopes: { anyOf: ['mail:read', 'mail:admin'] }, baseline: true }),
    tool({ name: 'b', scopes: ['x', 'mail:read'], baseline: true }),
    tool({ name: 'c', scopes: { possible: ['files:read', 'files:write'], of: () => ['files:read'] }, baseline: true }),
    tool({ name: 'd', scopes: ['y'] })
  ])
  t.strictSame(registry.baseline, ['mail:read', 'x', 'files:read', 'files:write'])
})

t.test('stops the start at a wrong declaration, and names the tool', async t => {
  const rows: ReadonlyArray<[what: RegExp, ...tools: Tool[]]> = [
    [/"a b": expected a name/, tool({ name: 'a b' })],
    [/"": expected a name/, tool({ name: '' })],
    [/expected a name/, tool({ name: 'a'.repeat(129) })],
    [/"good": another tool has this name/, tool(), tool()],
    [/expected at least one scope/, tool({ scopes: [] as unknown as [string] })],
    [/expected at least one scope/, tool({ scopes: ['a b'] })],
    [/expected at least one scope/, tool({ scopes: ['a"b'] })],
    [/expected a description/, tool({ description: '' })],
    [/expected the input schema to be of type "object"/, tool({ input: Type.String() })],
    [/expected icons/, tool({ icons: [{ src: 'http://example.com/icon.png' }] })],
    [/expected a time limit/, tool({ timeLimit: 0 })],
    [/expected a time limit/, tool({ timeLimit: NaN })],
    [/expected a time limit/, tool({ timeLimit: 100_000 })],
    [/unknown keyword: "typo"/, mirrored({ type: 'object', typo: 1 })],
    [/expected JSON Schema 2020-12, found \$schema "http:\/\/json-schema.org\/draft-07/, mirrored({ $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' })],
    [/can't resolve reference/, mirrored({ type: 'object', properties: { p: { $ref: 'https://example.com/schema.json' } } })],
    [/unknown format "colour"/, tool({ output: Type.String({ format: 'colour' }) } as Partial<Tool>)]
  ]
  for (const [what, ...wrong] of rows) t.throws(() => createRegistry(wrong), { message: what }, String(what))
})

t.test('describes a fault in words that a model can act on', async t => {
  const registry = createRegistry([tool({
    input: Type.Object({
      city: Type.String({ minLength: 2 }),
      unit: Type.Optional(Type.Unsafe<string>({ enum: ['C', 'F'] })),
      kind: Type.Optional(Type.Literal('now')),
      'a/b~c': Type.Optional(Type.Array(Type.Object({ day: Type.String({ format: 'date' }) })))
    }, { additionalProperties: false }),
    output: Type.Unknown()
  } as Partial<Tool>)])
  const { checkInput, checkOutput } = registry.get('good') as NonNullable<ReturnType<typeof registry.get>>
  const rows: ReadonlyArray<[args: object, fault: string | undefined]> = [
    [{ city: 'Rome' }, undefined],
    [{}, "arguments: must have required property 'city'"],
    [{ city: 1 }, 'arguments.city: must be string'],
    [{ city: 'R' }, 'arguments.city: must NOT have fewer than 2 characters'],
    [{ city: 'Rome', unit: 'K' }, 'arguments.unit: must be C or F'],
    [{ city: 'Rome', kind: 'then' }, 'arguments.kind: must be now'],
    [{ city: 'Rome', town: 1 }, 'arguments: must NOT have additional properties ("town")'],
    [{ city: 'Rome', 'a/b~c': [{ day: 'today' }] }, 'arguments.a/b~c.0.day: must match format "date"']
  ]
  for (const [args, fault] of rows) t.equal(checkInput(args), fault)
  t.equal(checkOutput(undefined), 'output: is missing')
  t.equal(checkOutput(null), undefined)
})
