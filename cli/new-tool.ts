import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Type } from '@sinclair/typebox'
import { createRegistry } from '../mcp/registry.ts'
import { refuseLostOptions } from '../process/npm-options.ts'
import { tools } from '../tools/index.ts'
import { fileNameOf, identifierOf, testSource, toolSource, withEntry } from './tool-source.ts'

const USAGE = `npm run new:tool -- <name> [--scope <scope>]

Writes tools/<name>.ts, its test, and its line in tools/index.ts. The scope is tool:<name> unless you give one.`

const ROOT = new URL('..', import.meta.url)
const INDEX = 'tools/index.ts'

const { name, scope = `tool:${name}` } = readArguments()
try {
  const stem = fileNameOf(name)
  const index = readFileSync(fileURLToPath(new URL(INDEX, ROOT)), 'utf8')
  const identifier = identifierOf(stem, index)
  const [tool, test] = [`tools/${stem}.ts`, `test/tools/${stem}.test.ts`]
  const sources = { [tool]: toolSource(name, scope), [test]: testSource(name, stem, identifier) }

  // Every check comes before the first change. The registry has the rules for names and scopes.
  createRegistry([...tools, { name, title: name, description: name, scopes: [scope], input: Type.Object({}), handler: () => [] }])
  for (const file of Object.keys(sources)) if (lstatSync(new URL(file, ROOT), { throwIfNoEntry: false }) !== undefined) throw new Error(`${file} exists: choose another name, or remove the file`)
  const newIndex = withEntry(index, identifier, stem)

  const written: URL[] = []
  try {
    for (const [file, source] of Object.entries(sources)) {
      const url = new URL(file, ROOT)
      mkdirSync(new URL('.', url), { recursive: true })
      writeFileSync(url, source, { flag: 'wx' })
      written.push(url)
    }
    writeFileSync(new URL(INDEX, ROOT), newIndex)
  } catch (error) {
    for (const url of written) rmSync(url)
    throw error
  }
  console.log(`Wrote ${tool} and ${test}, and added ${identifier} to ${INDEX}.

Next:
  1. Write the description, the schemas and the handler in ${tool}.
  2. Run its test: npx tap --disable-coverage ${test}
  3. Call it: npm run dev, whose tokens hold the scope ${scope}.
  4. With an Auth0 tenant: npm run tenant -- apply adds the permission ${scope}; --user E-MAIL gives it to a user.`)
} catch (error) {
  console.error(`${(error as Error).message}. Nothing was written.`)
  process.exit(1)
}

function readArguments (): { name: string, scope?: string | undefined } {
  try {
    refuseLostOptions('new:tool', ['scope'])
    const { values, positionals: [name, ...rest] } = parseArgs({ allowPositionals: true, options: { scope: { type: 'string' }, help: { type: 'boolean' } } })
    if (values.help) {
      console.log(USAGE)
      process.exit(0)
    }
    if (name === undefined || rest.length > 0) throw new Error('expected one name')
    if (values.scope?.includes(',')) throw new Error(`--scope: found ${JSON.stringify(values.scope)}, expected one scope; add others to the file`)
    return { name, scope: values.scope }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}
