import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')

/** What a file is built to. */
function build (folder: string, source: string): string {
  const entry = join(folder, 'entry.ts')
  writeFileSync(entry, source)
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'build.ts', entry, join(folder, 'dist')], { cwd: root, encoding: 'utf8', env: { ...process.env, _TAPJS_PROCESSINFO_COVERAGE_: '0' } })
  if (status !== 0) throw new Error(stderr)
  return readFileSync(join(folder, 'dist/entry.js'), 'utf8')
}

t.test('whatever the server loads is in the build, down to the last package', async t => {
  const files = ['auth', 'mcp', 'plugins', 'routes'].flatMap(folder => readdirSync(join(root, folder)).map(file => join(root, folder, file)))
  const built = build(t.testdir(), ['fastify', join(root, 'stop.ts'), ...files].map(each => `import '${each}'`).join('\n'))
  const imported = [...built.matchAll(/^import (?:.* from )?"(.*)"/gm)].map(([, name]) => name)
  t.ok(imported.includes('node:crypto'))
  t.strictSame(imported.filter(name => !name?.startsWith('node:')), [])
})

t.test('a package that only a tool needs stays outside, whatever it brings', async t => {
  const built = build(t.testdir(), "import { chromium } from 'playwright-core'\nimport { decodeJwt } from 'jose/jwt/decode'\nconsole.log(chromium, decodeJwt)")
  t.match(built, /^import \{ chromium \} from "playwright-core"/m)
  t.match(built, /^import \{ decodeJwt \} from "jose\/jwt\/decode"/m)
})
