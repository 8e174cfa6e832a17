import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { checkTypes } from './support/check-types.ts'
import { TYPESCRIPT } from './support/child.ts'
import { ROOT } from './support/root.ts'

const PAGE = readFileSync(join(ROOT, 'docs/tools.md'), 'utf8')
const FIELD = /<tr><td><code>(\w+)<\/code><\/td><td>\n\n[^\n]+\n\n```ts\n([^]*?)\n```\n\n<\/td><\/tr>/g

t.test('every code block of docs/tools.md compiles, and its test passes; each field has an example', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tools-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const name of ['node_modules', 'api', 'mcp', 'auth', 'connect', 'http', 'limits', 'page', 'plugins', 'process', 'routes', 'dev', 'app.ts', 'config.ts', 'package.json']) symlinkSync(join(ROOT, name), join(folder, name))
  for (const name of ['test', 'tools']) mkdirSync(join(folder, name))
  for (const name of ['index.ts', 'whoami.ts']) symlinkSync(join(ROOT, 'tools', name), join(folder, 'tools', name))
  symlinkSync(join(ROOT, 'test/support'), join(folder, 'test/support'))
  const blocks = [...PAGE.matchAll(/```ts\n(\/\/ (\S+)\n[^`]*)```/g)].map(([, code = '', name = '']) => [name, code] as const)
  t.equal(blocks.length, 2)
  const examples = [...PAGE.matchAll(FIELD)].map(([, field = '', code = '']) => [field, code] as const)
  t.equal(examples.length, PAGE.split('<tr><td>').length - 1)
  for (const [field, code] of examples) {
    t.equal(code.split('\n').length, 5, field)
    t.ok(new RegExp(`^${field}[ :]|^async ${field} `, 'm').test(code), `the example of ${field} has it`)
  }
  const files = [...blocks, ['test/tools/fields.test.ts', fieldsTest(examples)] as const]
  for (const [name, code] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), code)
  }
  const options = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { compilerOptions: object }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options.compilerOptions, rootDir: '/', preserveSymlinks: false }, files: files.map(([name]) => name) }))
  t.equal(checkTypes(join(folder, 'tsconfig.json')), '')
  const env = { PATH: process.env['PATH'] }
  const run = spawnSync(process.execPath, [...TYPESCRIPT, '--import', './test/tools/fields.test.ts', 'test/tools/convert.test.ts'], { cwd: folder, encoding: 'utf8', env })
  t.equal(run.status, 0, run.stdout + run.stderr)
})

/** A program in which each example is a tool of the server. Its types say if a field is missing, or is none. */
function fieldsTest (examples: ReadonlyArray<readonly [field: string, code: string]>): string {
  return `
import { Type } from '@sinclair/typebox'
import { createRegistry } from '../../mcp/registry.ts'
import { defineTool, ToolError, type Tool } from '../../mcp/tool.ts'

const base = { name: 'example', title: 'Example', description: 'An example.', scopes: ['orders:read'] as const, input: Type.Object({ id: Type.String() }), handler: (): [] => [] }
const examples: Record<keyof Tool, Tool> = {
${examples.map(([field, code]) => `${field}: defineTool({ ...base,\n${code}\n}) as Tool`).join(',\n')}
}
for (const [field, tool] of Object.entries(examples)) {
  if (tool[field as keyof Tool] === undefined) throw new Error(field)
  createRegistry([tool], message => { throw new Error(message) }, {}, () => () => async () => new Response())
}
`
}
