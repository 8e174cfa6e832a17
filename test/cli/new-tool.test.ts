import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { ESLint } from 'eslint'
import t from 'tap'
import { checkTypes } from '../support/check-types.ts'
import { TYPESCRIPT } from '../support/child.ts'
import { ROOT } from '../support/root.ts'

const LEFT_OUT = new Set(['node_modules', '.git', '.tap', 'dist', 'bench', '.env'])
const TIME_LIMIT_MS = 120_000

const folder = mkdtempSync(join(tmpdir(), 'new-tool-'))
t.teardown(() => rmSync(folder, { recursive: true }))
cpSync(ROOT, folder, { recursive: true, filter: path => !LEFT_OUT.has(relative(ROOT, path)) })
// The project may have tools of its own.
writeFileSync(join(folder, 'tools/index.ts'), read('tools/index.ts').replace(/^import (?!whoami |type ).*\n/gm, '').replace(/(readonly Tool\[\] = \[)[^]*?\n\]/, '$1\n  whoami\n]'))
symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))

t.test('writes a tool whose test passes, compiles and keeps to the style', async t => {
  t.match(run('cli/new-tool.ts', 'find_customer'), { status: 0, stdout: /^Wrote tools\/find-customer\.ts and test\/tools\/find-customer\.test\.ts, and added findCustomer to tools\/index\.ts\.\n\nNext:/, stderr: '' })
  t.match(run('cli/new-tool.ts', 'delete', '--scope', "crm:it's"), { status: 0, stdout: /added deleteTool to/ })
  t.match(run('cli/new-tool.ts', '3d.model'), { status: 0, stdout: /tools\/3d-model\.ts.*added tool3dModel to/ })
  t.match(read('tools/index.ts'), "import whoami from './whoami.ts'\nimport findCustomer from './find-customer.ts'\nimport deleteTool from './delete.ts'\nimport tool3dModel from './3d-model.ts'\n")
  t.match(read('tools/index.ts'), '[\n  whoami,\n  findCustomer,\n  deleteTool,\n  tool3dModel\n]\n')
  t.match(read('tools/find-customer.ts'), /name: 'find_customer',\n {2}title: 'Find customer',[^]*scopes: \['tool:find_customer'\]/)

  const names = ['find-customer', 'delete', '3d-model']
  const tests = names.map(name => `test/tools/${name}.test.ts`)
  const written = ['tools/index.ts', ...names.map(name => `tools/${name}.ts`), ...tests]
  const tested = node(...TYPESCRIPT, '--input-type=module', '-e', tests.map(test => `import './${test}'`).join('\n'))
  t.equal(tested.status, 0, tested.stdout + tested.stderr)
  t.match(tested.stdout, /^1\.\.6$/m, 'two tests of each')

  writeFileSync(join(folder, 'tsconfig.written.json'), JSON.stringify({ extends: './tsconfig.json', files: written }))
  t.equal(checkTypes(join(folder, 'tsconfig.written.json')), '')
  const linted = await new ESLint({ cwd: folder }).lintFiles(written)
  t.strictSame(linted.map(({ messages }) => messages), written.map(() => []))
})

t.test('refuses a name or a scope and changes nothing', async t => {
  const before = state()
  for (const [args, status, message] of [
    [['whoami'], 1, /^Tool "whoami": another tool has this name\. Nothing was written\.$/m],
    [['index'], 1, /^tools\/index\.ts exists: choose another name/],
    [['../evil'], 1, /expected a name of 1 to 128 letters/],
    [['...'], 1, /expected a letter or a digit in the name/],
    [['fine', '--scope', 'two words'], 1, /expected at least one scope, without spaces or quotes/],
    [['fine', '--scope', 'a,b'], 2, /^--scope: found "a,b", expected one scope/],
    [[], 2, /^expected one name\n\nnpm run new:tool/],
    [['fine', '--force'], 2, /--force/]
  ] as const) t.match(run('cli/new-tool.ts', ...args), { status, stdout: '', stderr: message }, args.join(' '))
  t.strictSame(state(), before)
})

t.test('leaves nothing behind when it cannot write everything', async t => {
  const tests = join(folder, 'test/tools')
  symlinkSync(join(folder, 'nowhere'), join(tests, 'fine.test.ts'))
  const before = state()
  t.match(run('cli/new-tool.ts', 'fine'), { status: 1, stderr: /^test\/tools\/fine\.test\.ts exists/ }, 'a link that leads to nothing')

  renameSync(tests, `${tests}.away`)
  symlinkSync(join(folder, 'nowhere'), tests)
  t.match(run('cli/new-tool.ts', 'fine'), { status: 1, stderr: /\. Nothing was written\.$/m }, 'a folder that cannot be made, when the tool is written')
  rmSync(tests)
  renameSync(`${tests}.away`, tests)
  t.strictSame(state(), before)
  rmSync(join(tests, 'fine.test.ts'))
})

t.test('does not change a list that it cannot read', async t => {
  const index = read('tools/index.ts')
  writeFileSync(join(folder, 'tools/index.ts'), index.replace('= [\n  whoami', '= [\n  ...[whoami]'))
  const before = state()
  t.match(run('cli/new-tool.ts', 'fine'), { status: 1, stderr: /^tools\/index\.ts: expected .*; add fine by hand/ })
  t.strictSame(state(), before)
})

function run (script: string, ...args: string[]): SpawnSyncReturns<string> {
  return node(...TYPESCRIPT, script, ...args)
}

/** Runs Node in the copy of the project. */
function node (...args: string[]): SpawnSyncReturns<string> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env, timeout: TIME_LIMIT_MS })
}

function read (name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

/** What is in the folders that the command writes to. */
function state (): string[] {
  return [...readdirSync(join(folder, 'tools')), ...readdirSync(join(folder, 'test/tools')), read('tools/index.ts')]
}
