import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool, elicit, ToolError, type Content } from '../../mcp/tool.ts'
import { escapeHidden, withoutHidden } from '../../mcp/safe-text.ts'
import { build, call, modern } from '../support/build.ts'
import { listen } from '../support/wire.ts'

const OVERRIDE = '\u202e'
const TAGS = String.fromCodePoint(...[...'ignore'].map(letter => 0xe0000 + letter.charCodeAt(0)))
const TEXT = `a${OVERRIDE}b\u200bc${TAGS}\u001b[2J\td\n`

t.test('text loses characters that people cannot see', async t => {
  for (const [what, text, rest = 'ab'] of [
    ['controls', 'a\u0000\u0007\u001b\r\u007f\u009bb'],
    ['overrides, embeddings and isolates', 'a\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061cb'],
    ['zero width', 'a\u200b\u2060\ufeff\u00ad\u180e\u2061\u034fb'],
    ['joiners between Latin letters', 'a\u200c\u200db'],
    ['tags', `a${TAGS}b`],
    ['variation selectors that spell bytes', `a${String.fromCodePoint(0xe0100, 0xe0101)}\ufe00\ufe0fb`],
    ['a second selector', '❤\ufe0f\ufe0f', '❤\ufe0f'],
    ['fillers', 'a\u3164\u115f\uffa0b'],
    ['annotations', 'a\ufff9\ufffbb']
  ]) t.equal(withoutHidden(text as string), rest, what as string)
})

t.test('text keeps invisible characters where people write them, as in emoji', async t => {
  for (const text of ['a\tb\n', '👨‍👩‍👧', '👩🏽‍💻', '❤️‍🔥', '1️⃣', 'می‌خواهم', 'क्‍ष', 'שלום', 'مرحبا', 'é ü ß 漢字 한글']) t.equal(withoutHidden(text), text)
})

const blocks: Content[] = [
  { type: 'text', text: TEXT },
  { type: 'resource', resource: { uri: 'a:b', text: TEXT } },
  { type: 'resource', resource: { uri: 'a:b', blob: 'AAAA' } },
  { type: 'image', data: 'AAAA', mimeType: 'image/png' },
  { type: 'resource_link', uri: 'a:b', name: TEXT },
  { type: 'resource_link', uri: 'a:b', name: 'n', description: TEXT },
  { type: 'resource_link', uri: 'a:b\u200b', name: 'n', mimeType: 'text/\u00adplain', title: TEXT, size: 5 } as Content,
  { type: 'resource', resource: { uri: 'a:\u202eb', text: '' } },
  { type: 'resource', resource: { uri: 'a:\u202eb', mimeType: 'a/\u200bb', blob: 'AAAA' } },
  { type: 'image', data: 'AAAA', mimeType: 'image/\u202epng' },
  { type: 'audio', data: 'AA\u200bAA', mimeType: 'audio/wav\u0000' }
]
const about = { title: 'Test', description: 'Gives something.', scopes: ['tool:whoami'] as const, input: Type.Object({ size: Type.Optional(Type.Integer()) }) }
const tools = [
  defineTool({ ...about, name: 'blocks', handler: () => blocks }),
  defineTool({ ...about, name: 'raw', rawText: true, handler: () => blocks }),
  defineTool({ ...about, name: 'data', output: Type.Object({ text: Type.String() }), handler: ({ size }) => ({ text: size === undefined ? TEXT : 'é'.repeat(size / 2) }) }),
  defineTool({ ...about, name: 'text', output: Type.String(), handler: () => TEXT }),
  defineTool({ ...about, name: 'many', handler: ({ size }) => Array.from({ length: size as number }, () => ({ type: 'text' as const, text: '' })) }),
  defineTool({
    ...about,
    name: 'slow',
    async handler (_input, { progress }) {
      progress(1, 2, TEXT)
      progress(2)
      return await Promise.resolve([])
    }
  }),
  defineTool({ ...about, name: 'asks', handler: ({ size }, { ask }) => ask({ a: elicit('x'.repeat(size as number), Type.Object({})) }) && [] }),
  defineTool({ ...about, name: 'fails', handler ({ size = 0 }) { throw new ToolError(TEXT.padEnd(size, 'x')) } })
]

const { issuer, post } = await build(t, { tools, env: { OUTPUT_LIMIT: '2000' } })
const token = issuer.token()

async function run (name: string, size?: number) {
  const old = (await post(call(name, { size }), token, { 'mcp-protocol-version': '2025-11-25' })).json().result
  const { message, headers } = modern('tools/call', { name, arguments: { size } })
  const { _meta, resultType, ...result } = (await post(message, token, headers)).json().result
  if (name !== 'text') t.strictSame(result, old, 'revisions agree')
  return old
}

t.test('blocks are clean, and binary data is left alone', async t => {
  const clean = 'abc[2J\td\n'
  t.strictSame((await run('blocks')).content, [
    { type: 'text', text: clean },
    { type: 'resource', resource: { uri: 'a:b', text: clean } },
    ...blocks.slice(2, 4),
    { type: 'resource_link', uri: 'a:b', name: clean },
    { type: 'resource_link', uri: 'a:b', name: 'n', description: clean },
    { type: 'resource_link', uri: 'a:b', name: 'n', mimeType: 'text/plain', title: clean, size: 5 },
    { type: 'resource', resource: { uri: 'a:b', text: '' } },
    { type: 'resource', resource: { uri: 'a:b', mimeType: 'a/b', blob: 'AAAA' } },
    { type: 'image', data: 'AAAA', mimeType: 'image/png' },
    { type: 'audio', data: 'AA\u200bAA', mimeType: 'audio/wav' }
  ])
  t.strictSame((await run('raw')).content, blocks, 'unless the tool wants them as they are')
})

t.test('structured content stays the same data, and its text shows hidden characters as escapes', async t => {
  for (const [name, value] of [['data', { text: TEXT }], ['text', TEXT]] as const) {
    const { content: [{ text }] } = await run(name)
    t.equal(withoutHidden(text), text)
    t.match(text, /\\u202e.*\\u200b.*\\udb40\\udc69/)
    t.strictSame(JSON.parse(text), value)
  }
  t.strictSame((await run('data')).structuredContent, { text: TEXT })
  t.equal(escapeHidden('"a\x7f"'), '"a\\u007f"', 'the one hidden character of ASCII that JSON leaves')
})

t.test('progress loses characters that people cannot see', async t => {
  const { message, headers } = modern('tools/call', { name: 'slow', arguments: {}, _meta: { progressToken: 1 } })
  const { body } = await post(message, token, headers)
  t.match(body, /"message":"abc\[2J\\td\\n"/)
  t.match(body, /"progress":2\}/, 'a message may be left out')
})

t.test('an error loses characters that people cannot see', async t => {
  t.match((await post(call(TEXT), token)).json(), { error: { code: -32602, message: 'Unknown tool: abc[2J\td\n' } })
  t.strictSame(await run('fails'), { content: [{ type: 'text', text: 'abc[2J\td\n' }], isError: true })
})

t.test('an output above OUTPUT_LIMIT is not sent', async t => {
  const refused = { isError: true, content: [{ type: 'text', text: 'The output of this tool is larger than 2000 bytes (OUTPUT_LIMIT). Ask for less.' }] }
  t.notOk((await run('data', 1980)).isError)
  t.match(await run('data', 1992), refused)
  t.match(await run('many', 100), refused, 'small blocks count as they are written')
  t.match(await run('fails', 2001), refused)
  for (const [size, resultType] of [[1000, 'input_required'], [2000, 'complete']] as const) {
    const { message, headers } = modern('tools/call', { name: 'asks', arguments: { size } }, { elicitation: {} })
    const { result } = (await post(message, token, headers)).json()
    t.match(result, { resultType, ...(resultType === 'complete' && refused) }, 'nor is a question')
  }
})

t.test('the answers to a batch keep within four times OUTPUT_LIMIT, and a small one still fits', async t => {
  const { app, issuer } = await build(t, { tools, env: { OUTPUT_LIMIT: '2000' } })
  const calls = [...Array.from({ length: 5 }, (_, id) => call('data', { size: 1600 }, id)), call('slow', {}, 5), call('many', { size: 70 }, 6), call('none', {}, 7)]
  const answer = await fetch(`http://localhost:${await listen(app)}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${issuer.token()}` },
    body: JSON.stringify(calls)
  })
  const alone = { isError: true, content: [{ text: 'The answers to this batch are too large together (OUTPUT_LIMIT). Send this call alone.' }] }
  t.equal(answer.status, 200)
  t.match(await answer.json(), [
    ...Array.from({ length: 4 }, (_, id) => ({ id, result: { structuredContent: {} } })),
    { id: 4, result: alone },
    { id: 5, result: { content: [] } },
    { id: 6, result: alone },
    { id: 7, error: { code: -32602 } }
  ])
})
