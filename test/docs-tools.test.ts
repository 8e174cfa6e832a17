import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import { TYPESCRIPT } from './support/child.ts'
import { ROOT } from './support/root.ts'

t.test('every code block of docs/tools.md compiles, and its test passes', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tools-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const name of ['node_modules', 'api', 'mcp', 'auth', 'connect', 'http', 'limits', 'page', 'plugins', 'process', 'routes', 'dev', 'app.ts', 'config.ts', 'package.json']) symlinkSync(join(ROOT, name), join(folder, name))
  for (const name of ['test', 'tools']) mkdirSync(join(folder, name))
  for (const name of ['index.ts', 'whoami.ts']) symlinkSync(join(ROOT, 'tools', name), join(folder, 'tools', name))
  symlinkSync(join(ROOT, 'test/support'), join(folder, 'test/support'))
  const blocks = [...readFileSync(join(ROOT, 'docs/tools.md'), 'utf8').matchAll(/```ts\n(\/\/ (\S+)\n[^`]*)```/g)]
  t.equal(blocks.length, 2)
  for (const [, code = '', name = ''] of blocks) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), code)
  }
  const options = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { compilerOptions: object }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options.compilerOptions, rootDir: '/', preserveSymlinks: false }, files: blocks.map(([, , name]) => name) }))
  const env = { PATH: process.env['PATH'] }
  const compiled = spawnSync(process.execPath, [join(ROOT, 'test/support/check-types.mjs'), join(folder, 'tsconfig.json')], { cwd: folder, encoding: 'utf8', env })
  t.match(compiled, { status: 0, stdout: '', stderr: '' })
  const run = spawnSync(process.execPath, [...TYPESCRIPT, 'test/tools/convert.test.ts'], { cwd: folder, encoding: 'utf8', env })
  t.equal(run.status, 0, run.stdout + run.stderr)
})
