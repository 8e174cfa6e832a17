import t from 'tap'
import { buildAsking } from '../../support/asking.ts'
import { call } from '../../support/build.ts'

const { files, post, send, token } = await buildAsking(t)

t.test('answers 400 and -32021 with the missing capability if the client cannot be asked', async t => {
  const rows: ReadonlyArray<[name: string, capabilities: object, required: object]> = [
    ['delete_files', {}, { elicitation: { form: {} } }],
    ['delete_files', { elicitation: { url: {} } }, { elicitation: { form: {} } }],
    ['delete_files', { elicitation: true }, { elicitation: { form: {} } }],
    ['test_missing_capability', { elicitation: {} }, { sampling: {} }],
    ['test_input_required_result_multiple_inputs', { elicitation: {} }, { sampling: {}, roots: {} }]
  ]
  for (const [name, capabilities, requiredCapabilities] of rows) {
    const { status, error } = await send({ name, capabilities })
    t.equal(status, 400)
    t.equal(error.code, -32021)
    t.strictSame(error.data, { requiredCapabilities })
  }
  for (const elicitation of [{}, { form: {} }, { form: {}, url: {} }]) t.equal((await send({ capabilities: { elicitation } })).status, 200)
})

t.test('shows a tool the capabilities of its client', async t => {
  const name = 'test_input_required_result_capabilities'
  t.match((await send({ name, args: {}, capabilities: { sampling: {} } })).result.inputRequests, { capital: { method: 'sampling/createMessage' } })
  t.match((await send({ name, args: {}, capabilities: {} })).result, { content: [{ text: 'Nobody to ask.' }] })
})

t.test('tells the model that earlier revisions cannot ask, and does nothing', async t => {
  const response = await post(call('delete_files', { prefix: 'a' }), token, { 'mcp-protocol-version': '2025-11-25' })
  t.match(response.json(), { result: { isError: true, content: [{ text: /needs a client that speaks MCP 2026-07-28/ }] } })
  t.equal(files.size, 3)
})
