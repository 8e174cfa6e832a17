const RESERVED = new Set(('arguments as async await break case catch class const continue debugger default delete do else enum eval export extends false finally for from ' +
  'function if implements import in instanceof interface let new null of package private protected public return static super switch this throw true try typeof undefined ' +
  'var void while with yield t build call issuer post answer scopesOf').split(' '))

/**
 * The name of a tool's file, in kebab case and without its ending.
 * @throws Error if the name has no letter and no digit
 */
export function fileNameOf (name: string): string {
  const stem = wordsOf(name).join('-')
  if (stem === '') throw new Error(`Tool ${JSON.stringify(name)}: expected a letter or a digit in the name`)
  return stem
}

/** The name of the tool in code. It differs from keywords and from every word of tools/index.ts. */
export function identifierOf (stem: string, index: string): string {
  const camel = stem.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  if (/^\d/.test(camel)) return `tool${camel}`
  return RESERVED.has(camel) || new RegExp(`\\b${camel}\\b`).test(index) ? `${camel}Tool` : camel
}

/** The text of a tool's file: a working tool to change. */
export function toolSource (name: string, scope: string): string {
  return `import { Type } from '@sinclair/typebox'
import { defineTool } from '../mcp/tool.ts'

export default defineTool({
  name: ${quoted(name)},
  title: ${quoted(titleOf(name))},
  description: 'Returns the text that it is given.',
  scopes: [${quoted(scope)}],
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },

  input: Type.Object({ text: Type.String() }, { additionalProperties: false }),
  output: Type.Object({ text: Type.String() }),

  handler ({ text }) {
    return { text }
  }
})
`
}

/** The text of the test of that tool. */
export function testSource (name: string, stem: string, identifier: string): string {
  return `import t from 'tap'
import { scopesOf } from '../../mcp/tool.ts'
import ${identifier} from '../../tools/${stem}.ts'
import { build, call, POWERLESS } from '../support/build.ts'

const { issuer, post } = await build(t, { tools: [${identifier}] })

t.test('returns the text', async t => {
  const token = issuer.token({ scope: scopesOf(${identifier}).join(' ') })
  const answer = await post(call(${quoted(name)}, { text: 'hello' }), token)
  t.match(answer.json(), { result: { structuredContent: { text: 'hello' } } })
})

t.test('refuses a token without the scope', async t => {
  const answer = await post(call(${quoted(name)}, { text: 'hello' }), issuer.token(POWERLESS))
  t.equal(answer.statusCode, 403)
})
`
}

/**
 * The text of tools/index.ts with one more import and one more entry.
 * @throws Error if the file does not have the form that it has in the beginning
 */
export function withEntry (index: string, identifier: string, stem: string): string {
  const list = /^(export const tools\b.*= \[)((?:\s*\w+,?)*)\s*\]/m
  const lastImport = index.lastIndexOf('\nimport ')
  const endOfImport = index.indexOf('\n', lastImport + 1) + 1
  if (lastImport === -1 || !list.test(index)) throw new Error(`tools/index.ts: expected "export const tools = [" with names and commas only; add ${identifier} by hand`)
  const imported = `${index.slice(0, endOfImport)}import ${identifier} from './${stem}.ts'\n${index.slice(endOfImport)}`
  return imported.replace(list, (_, start: string, names: string) => {
    const before = names.replace(/,$/, '')
    return `${start}${before}${before === '' ? '' : ','}\n  ${identifier}\n]`
  })
}

function wordsOf (name: string): string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase().split(/[^a-z0-9]+/).filter(Boolean)
}

function titleOf (name: string): string {
  const title = wordsOf(name).join(' ')
  return title.charAt(0).toUpperCase() + title.slice(1)
}

function quoted (text: string): string {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`
}
