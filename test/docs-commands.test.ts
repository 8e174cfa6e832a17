import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CHECK_IDS } from '../cli/doctor/check.ts'
import { clientsFor } from '../connect/index.ts'
import { ROOT } from './support/root.ts'

const PAGES = ['README.md', 'docs/auth0.md', 'docs/clients.md', 'docs/tools.md', 'docs/troubleshooting.md']
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** The beginning of a command, the test that runs it, and the code in the test that does so. */
const RUN: ReadonlyArray<readonly [command: RegExp, test: string, words: string]> = [
  [/^npm run (?:lint|typecheck)$/, '.ci/run', 'npm run typecheck'],
  [/^npm ci(?: && npm test)?$/, '.ci/run', 'npm test'],
  [/^(?:npm ci && )?npm run dev(?: -- --(?:fresh|example))?$/, 'test/e2e/dev.test.ts', 'startDev(t, port, folder, \'--fresh\', \'--example\')'],
  [/^(?:npm ci && )?npm run build$/, 'test/cli/build.test.ts', '\'cli/build.ts\''],
  [/^npm start$/, 'test/e2e/server-build.ts', '\'dist\''],
  [/^npm run (?:-s )?token\b/, 'test/e2e/dev.test.ts', 'run(\'cli/token.ts\', port)'],
  [/^npm run doctor$/, 'test/cli/doctor.test.ts', 'setUp(t, {}), [\'--json\']'],
  [/^npm run doctor -- --login$/, 'test/cli/doctor-login.test.ts', '\'--login\''],
  [/^npm run (?:-s token \| npm run )?doctor -- --token(?: -)?$/, 'test/cli/doctor.test.ts', '[\'--token\', \'-\']'],
  [/^npm run tenant(?: |$)/, 'test/cli/tenant-command.test.ts', 'cli/tenant.ts'],
  [/^npm run connect\b/, 'test/cli/connect.test.ts', 'cli/connect.ts'],
  [/^npm run new:tool -- /, 'test/cli/new-tool.test.ts', 'cli/new-tool.ts'],
  [/^npx tap --disable-coverage test\/tools\//, 'test/docs-tools.test.ts', 'test/tools/convert.test.ts'],
  [/^TOKEN=\$\(npm run -s token\) examples\//, 'test/e2e/server.test.ts', '\'examples\', script'],
  [/^curl -s http:\/\/localhost:3000\/mcp .*"name":"add"/, 'test/readme.test.ts', 'exec(readme)'],
  [/^npx -y @modelcontextprotocol\/inspector/, 'test/assurance/inspector.ts', '@modelcontextprotocol/inspector@']
]
/** Commands of the Auth0 CLI, and what goes with them. They need a tenant, and their page has to say so. */
const NEEDS_TENANT = /^(?:auth0 |export AUD=)/

const snippets = new Set(clientsFor({ url: 'https://mcp.example.com/mcp', name: 'auth0-mcp-server', scopes: ['tool:whoami'] }).flatMap(({ snippets }) => snippets.map(({ text }) => text)))

for (const page of PAGES) {
  t.test(`each command in ${page} is run by a test, or marked as one that needs a tenant`, async t => {
    const text = read(page)
    const commands = [...blocksOf(text), ...inline(text)]
    t.ok(commands.length > 0)
    const unknown = commands.filter(command => !snippets.has(command) && !RUN.some(([pattern]) => pattern.test(command)) && !(NEEDS_TENANT.test(command) && /needs? a tenant/.test(text)))
    t.strictSame(unknown, [])
  })
}

t.test('the tests that run the commands of the docs do so', async t => {
  for (const [, test, words] of RUN) t.ok(read(test).includes(words), `${test} has ${words}`)
})

t.test('docs/troubleshooting.md names every check of the doctor', async t => {
  const page = read('docs/troubleshooting.md')
  t.strictSame(CHECK_IDS.filter(id => !page.includes(`\`${id}\``)), [])
})

t.test('docs/troubleshooting.md has the messages that doctor and tenant know', async t => {
  const page = read('docs/troubleshooting.md')
  const causes = [...read('cli/doctor/login/causes.ts').matchAll(/^ {2}\[\/(.*)\/i?, /gm)].map(([, pattern]) => new RegExp(pattern as string, 'i'))
  t.ok(causes.length > 8)
  t.strictSame(causes.filter(pattern => !pattern.test(page)), [])
})

/** The commands of the shell blocks, one a line, without comments. */
function blocksOf (text: string): string[] {
  return [...text.matchAll(/^ *```sh\n([^]*?)^ *```/gm)].flatMap(([, block = '']) => {
    const code = block.trim()
    return snippets.has(code) ? [code] : linesOf(code.replace(/\\\n\s*/g, '')).map(line => line.replace(/(?:^|\s+)# .*$/, '').trim()).filter(Boolean)
  })
}

/** The lines of a script. A line with an open quote goes on in the next one. */
function linesOf (code: string): string[] {
  return code.split('\n').reduce<string[]>((lines, line) => {
    const last = lines.at(-1)
    return last !== undefined && last.split("'").length % 2 === 0 ? [...lines.slice(0, -1), `${last}${line.trim()}`] : [...lines, line]
  }, [])
}

/** The whole commands in the text, such as `npm run doctor`. */
function inline (text: string): string[] {
  return [...text.replace(/```[^]*?```/g, '').matchAll(/`((?:npm (?:run|ci)|npx|auth0) [^`…]+)`/g)].map(([, command = '']) => command)
}
