import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { server } from '../tools/index.ts'
import type { Tool } from '../mcp/tool.ts'
import { build, call } from './support/build.ts'
import { ROOT } from './support/root.ts'

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8')
const readme = read('README.md')

t.test('the tool and the call in the README work as written', async t => {
  const [, code = ''] = /```ts\n([^`]*defineTool[^`]*)```/.exec(readme) ?? []
  // The imports of the example are those of a file in tools/.
  const folder = t.testdir({ 'add.ts': code.replaceAll("'../", `'${pathToFileURL(ROOT).href}`) })
  const { default: add } = await import(pathToFileURL(join(folder, 'add.ts')).href) as { default: Tool }

  const { issuer, post } = await build(t, { tools: [add] })
  const token = issuer.token({ scope: 'math:use' })
  const [, message = ''] = /-d '(.*"name":"add".*)'/.exec(readme) ?? []
  t.match((await post(message, token)).json(), { result: { structuredContent: { sum: 5 } } })
  t.match((await post(call('add', { a: 2, b: 'three' }), token)).json(), { result: { isError: true } })
  t.equal((await post(call('add', { a: 2, b: 3 }), issuer.token())).statusCode, 403)
})

t.test('README and .env.example name every setting', async t => {
  const settings = [...['config.ts', 'process/addresses.ts', 'process/exchange-client.ts'].map(read).join('\n').matchAll(/read(?:<[^(]*>)?\('([A-Z0-9_]+)'/g)].map(([, name]) => name as string)
  const example = read('.env.example')

  t.ok(settings.length > 20)
  for (const name of settings) {
    t.match(readme, `\`${name}\``)
    t.match(example, new RegExp(`^(# )?${name}=`, 'm'))
  }
})

t.test('the server and package.json have the same version', async t => {
  t.equal(server.version, (JSON.parse(read('package.json')) as { version: string }).version)
})
