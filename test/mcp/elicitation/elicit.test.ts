import t from 'tap'
import { sample } from '../../../mcp/tool.ts'
import { buildAsking, FORMS, YES } from '../../support/asking.ts'
import { modern } from '../../support/build.ts'

const { files, issuer, logs, post, send } = await buildAsking(t)

t.test('asks the user first, and runs the tool when the call comes again with the answer', async t => {
  const first = await send()
  t.equal(first.status, 200)
  t.match(first.result, {
    resultType: 'input_required',
    inputRequests: {
      confirm: {
        method: 'elicitation/create',
        params: { mode: 'form', message: 'Delete a1, a2?', requestedSchema: { type: 'object', properties: { sure: { type: 'boolean' } }, required: ['sure'] } }
      }
    },
    requestState: /^[\w-]+$/,
    _meta: { 'io.modelcontextprotocol/serverInfo': {} }
  })
  t.strictSame(Object.keys(first.result.inputRequests.confirm), ['method', 'params'])
  for (const member of ['ttlMs', 'cacheScope', 'content']) t.notOk(member in first.result, member)
  t.equal(files.size, 3)

  const second = await send({ requestState: first.result.requestState, inputResponses: YES })
  t.match(second.result, { resultType: 'complete', structuredContent: { deleted: ['a1', 'a2'] } })
  t.strictSame([...files], ['b1'])
})

t.test('tells the model that the user declined, and does nothing', async t => {
  for (const confirm of [{ action: 'decline' }, { action: 'cancel' }, { action: 'accept', content: { sure: false } }]) {
    const { result: { requestState } } = await send()
    t.match((await send({ requestState, inputResponses: { confirm } })).result, { resultType: 'complete', isError: true, content: [{ text: /does not want/ }] })
  }
  t.equal(files.size, 3)
})

t.test('asks again if an answer is missing, does not fit, or was not asked for', async t => {
  const { result: { requestState } } = await send()
  const answers = [
    undefined, {}, { other: YES.confirm }, { confirm: 12345 }, { confirm: null }, { confirm: [] }, { confirm: { action: 'perhaps' } },
    { confirm: { action: 'accept' } }, { confirm: { action: 'accept', content: { sure: 'yes' } } }
  ]
  for (const inputResponses of answers) {
    const { result } = await send({ requestState, inputResponses })
    t.match(result, { resultType: 'input_required', inputRequests: { confirm: {} }, requestState: /./ }, JSON.stringify(inputResponses))
  }
  t.equal(files.size, 3)
  t.match((await send({ requestState, inputResponses: { ...YES, extra: 1 } })).result, { resultType: 'complete' }, 'more than was asked for is ignored')
})

t.test('asks again if the question has changed since the user agreed', async t => {
  const { result: { requestState } } = await send()
  files.add('a3')
  const { result } = await send({ requestState, inputResponses: YES })
  t.equal(result.inputRequests.confirm.params.message, 'Delete a1, a2, a3?')
  t.equal(files.size, 4)
})

t.test('ignores an answer that was not asked for', async t => {
  t.match((await send({ inputResponses: YES })).result, { resultType: 'input_required' })
  t.equal(files.size, 3)
})

t.test('accepts information that was not asked for if the tool allows it', async t => {
  const name = 'test_input_required_result_elicitation'
  const inputResponses = { user_name: { action: 'accept', content: { name: 'Alice' } }, other: 1 }
  t.match((await send({ name, args: {}, inputResponses })).result, { content: [{ text: 'Hello, Alice!' }] })
})

t.test('answers -32602 if inputResponses is not an object', async t => {
  const { result: { requestState } } = await send()
  for (const inputResponses of [null, [], 'yes', 1]) {
    t.match((await send({ requestState, inputResponses })).error, { code: -32602 })
    t.match((await send({ inputResponses })).error, { code: -32602 })
  }
})

t.test('asks again only the questions without an answer', async t => {
  const name = 'test_input_required_result_multiple_inputs'
  const capabilities = { elicitation: { form: {} }, sampling: {}, roots: {} }
  const first = (await send({ name, args: {}, capabilities })).result
  t.match(first.inputRequests, {
    user_name: { method: 'elicitation/create' },
    capital_question: { method: 'sampling/createMessage', params: { messages: [{ role: 'user', content: { type: 'text', text: 'What is the capital of France?' } }], maxTokens: 100 } },
    client_roots: { method: 'roots/list', params: {} }
  })
  const answers = { user_name: { action: 'decline' }, capital_question: { role: 'assistant', content: { type: 'text', text: 'Paris' }, model: 'm' } }
  for (const roots of [1, [{}], [null], undefined]) {
    const { requestState, inputRequests } = (await send({ name, args: {}, capabilities, requestState: first.requestState, inputResponses: { ...answers, client_roots: { roots } } })).result
    t.strictSame(Object.keys(inputRequests), ['client_roots'])
    const last = await send({ name, args: {}, capabilities, requestState, inputResponses: { client_roots: { roots: [{ uri: 'file:///' }] } } })
    t.match(last.result, { resultType: 'complete' })
  }
  for (const odd of ['Paris', { role: 'assistant', content: null }, { role: 'assistant' }, { role: 'assistant', content: [null] }]) {
    const { result } = await send({ name, args: {}, capabilities, requestState: first.requestState, inputResponses: { capital_question: odd } })
    t.match(result.inputRequests, { capital_question: {} }, JSON.stringify(odd))
  }
})

t.test('checks the scope of the tool in every round', async t => {
  const { result: { requestState } } = await send()
  const { message, headers } = modern('tools/call', { name: 'delete_files', arguments: { prefix: 'a' }, requestState, inputResponses: YES }, FORMS)
  t.equal((await post(message, issuer.token({ scope: 'test:ask' }), headers)).statusCode, 403)
  t.equal(files.size, 3)
  t.notOk(logs.some(line => JSON.stringify(line).includes(requestState)), 'and the state is not logged')
})

t.test('a prompt for the model of the client loses characters that people cannot see', t => {
  t.strictSame(sample('Sum\u200b up\u202e.', 5).params['messages'], [{ role: 'user', content: { type: 'text', text: 'Sum up.' } }])
  t.end()
})
