import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { SERVER_INFO } from '../app.ts'
import type { Tool } from '../mcp/tool.ts'
import { build, call } from './helper.ts'

const root = join(new URL('.', import.meta.url).pathname, '..')
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const readme = read('README.md')

t.test('the tool of the README runs as it stands there', async t => {
  const [, code = ''] = /```ts\n([^`]*defineTool[^`]*)```/.exec(readme) ?? []
  // A folder beside tools/, so that the import in the example means what it says.
  const folder = mkdtempSync(join(root, 'readme-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'add.ts'), code)
  const { default: add } = await import(pathToFileURL(join(folder, 'add.ts')).href) as { default: Tool }

  const { issuer, post } = await build(t, { tools: [add] })
  const token = issuer.token({ scope: 'math:use' })
  t.match((await post(call('add', { a: 2, b: 3 }), token)).json(), { result: { structuredContent: { sum: 5 } } })
  t.match((await post(call('add', { a: 2, b: 'three' }), token)).json(), { result: { isError: true } })
  t.equal((await post(call('add', { a: 2, b: 3 }), issuer.token())).statusCode, 403)
})

t.test('every setting stands in the README and in .env.example', async t => {
  const settings = [...read('config.ts').matchAll(/read(?:<[^(]*>)?\('([A-Z0-9_]+)'/g)].map(([, name]) => name as string)
  const example = read('.env.example')

  t.ok(settings.length > 20)
  for (const name of settings) {
    t.match(readme, `\`${name}\``)
    t.match(example, new RegExp(`^(# )?${name}=`, 'm'))
  }
})

t.test('every command in the README is one of ours', async t => {
  const { scripts, version } = JSON.parse(read('package.json')) as { scripts: Record<string, string>, version: string }
  const commands = [...readme.matchAll(/npm run (?:-s )?([\w:]+)/g)].map(([, name]) => name as string)

  t.strictSame(commands.filter(name => scripts[name] === undefined), [])
  t.equal(SERVER_INFO.version, version)
})
