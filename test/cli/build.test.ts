import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'
import { serverBuild } from '../e2e/server-build.ts'

const root = ROOT

/** Builds a source file. Returns its output files. */
function build (folder: string, source: string): string[] {
  const entry = join(folder, 'entry.ts')
  writeFileSync(entry, source)
  const { status, stderr } = spawnSync(process.execPath, [...TYPESCRIPT, 'cli/build.ts', entry, join(folder, 'dist')], { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const outputs = join(folder, 'dist')
  return readdirSync(outputs).filter(file => file.endsWith('.js')).map(file => readFileSync(join(outputs, file), 'utf8'))
}

/** What these files import when they are loaded, other than each other. */
function importsOf (built: readonly string[]): string[] {
  return built.flatMap(file => ts.createSourceFile('', file, ts.ScriptTarget.Latest).statements)
    .filter(ts.isImportDeclaration)
    .map(({ moduleSpecifier }) => (moduleSpecifier as ts.StringLiteral).text)
    .filter(name => !name.startsWith('./'))
}

t.test('bundles every package that the server loads', async t => {
  const folders = ['api', 'auth', 'auth/keys', 'http', 'limits', 'limits/redis', 'mcp', 'plugins', 'process', 'routes'].flatMap(folder => readdirSync(join(root, folder)).filter(file => file.endsWith('.ts')).map(file => join(root, folder, file)))
  const files = [...['config.ts'].map(file => join(root, file)), ...folders]
  // The first two load the tools, which may need further packages.
  const packages = ['app.ts', 'server.ts', 'http/server.ts'].flatMap(file => [...readFileSync(join(root, file), 'utf8').matchAll(/^import (?!type).* from '([^.].*)'$/gm)].map(([, name]) => name as string))
  t.ok(packages.includes('fastify'))

  const imported = importsOf(build(t.testdir(), [...packages, ...files].map(each => `import '${each}'`).join('\n')))
  t.ok(imported.includes('node:crypto'))
  t.strictSame(imported.filter(name => !name.startsWith('node:')), [])
})

t.test('leaves a package that only a tool needs in node_modules', async t => {
  const built = build(t.testdir(), "import { chromium } from 'playwright-core'\nimport { decodeJwt } from 'jose/jwt/decode'\nconsole.log(chromium, decodeJwt)")
  t.strictSame(importsOf(built).filter(name => !name.startsWith('node:')), ['playwright-core', 'jose/jwt/decode'])
})

t.test('writes the server in Latin-1, since V8 keeps any other source in twice the memory', async t => {
  const lines = readFileSync(join(serverBuild(), 'dist/server.js'), 'latin1').split('\n')
  // The bytes above 0x7F are UTF-8: two of them, from C2 or C3 on, are one character of Latin-1.
  t.strictSame(lines.filter(line => /[\xc4-\xff]/.test(line)), [], 'write other characters as escapes, in regular expressions too')
})

t.test('lets a tool create its own `require`', async t => {
  const folder = t.testdir()
  build(folder, "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\nconsole.log(require('node:path').sep)")
  t.match(spawnSync(process.execPath, [join(folder, 'dist/entry.js')], { encoding: 'utf8' }), { status: 0, stderr: '' })
})
