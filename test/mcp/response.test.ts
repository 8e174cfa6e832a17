import { test } from 'tap'
import { Envelope, resultResponse, StructuredResult } from '../../mcp/response.ts'

const OUTPUTS = [
  { text: 'quotes " and \\ and \n' },
  { text: 'line separators \u2028 and a lone surrogate \ud800' },
  { nested: [{ a: [1, null, true] }], absent: undefined },
  'a text',
  [],
  null,
  0
]

test('writes structured content once more as text, as JSON.stringify would', async t => {
  for (const output of OUTPUTS) {
    for (const members of [{}, { resultType: 'complete', _meta: { name: 'a "name"' } }]) {
      const response = resultResponse('id "1"', new StructuredResult(new Envelope(members), output))
      const written = JSON.parse(JSON.stringify(output)) as unknown
      t.strictSame(JSON.parse(String(response)), {
        jsonrpc: '2.0',
        id: 'id "1"',
        result: { ...members, content: [{ type: 'text', text: JSON.stringify(output) }], structuredContent: written }
      }, `output ${OUTPUTS.indexOf(output)}`)
    }
  }
})

test('refuses an output that JSON cannot express', async t => {
  for (const output of [undefined, () => {}, Symbol('a'), 1n]) {
    t.throws(() => new StructuredResult(new Envelope({}), output), TypeError, typeof output)
  }
})
