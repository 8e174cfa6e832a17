import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool, elicit, elicitUrl } from '../../mcp/tool.ts'
import { createSealer } from '../../mcp/seal.ts'
import { askingTools } from '../support/tools/asking.ts'
import { deleteFilesTool } from '../support/tools/delete-files.ts'
import { build, call, modern } from '../support/build.ts'

const SCOPES = { scope: 'files:delete test:ask' }
const FORMS = { elicitation: {} }
const YES = { confirm: { action: 'accept', content: { sure: true } } }

const files = new Set<string>()
const { issuer, post, advance, logs } = await build(t, { tools: [deleteFilesTool(files), ...askingTools] })
const token = issuer.token(SCOPES)

interface Ask {
  readonly name?: string
  readonly args?: object
  readonly capabilities?: object
  readonly bearer?: string
  readonly requestState?: unknown
  readonly inputResponses?: unknown
}

async function send ({ name = 'delete_files', args = { prefix: 'a' }, capabilities = FORMS, bearer = token, ...more }: Ask = {}) {
  const { message, headers } = modern('tools/call', { name, arguments: args, ...more }, capabilities)
  const response = await post(message, bearer, headers)
  const { result, error } = response.json()
  return { status: response.statusCode, result, error }
}

t.beforeEach(() => {
  files.clear()
  for (const name of ['a1', 'a2', 'b1']) files.add(name)
})

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

t.test('accepts a requestState only from the same caller, for the same tool and arguments, and for a limited time', async t => {
  const { result: { requestState } } = await send()
  const bytes = Buffer.from(requestState, 'base64url')
  bytes[20] = (bytes[20] as number) ^ 1
  const foreign = createSealer().seal('{}', '')
  const bad: ReadonlyArray<[what: string, ask: Ask]> = [
    ['tampered', { requestState: `${requestState}-TAMPERED` }],
    ['one bit off', { requestState: bytes.toString('base64url') }],
    ['padded', { requestState: `${requestState}=` }],
    ['cut', { requestState: requestState.slice(0, -4) }],
    ['empty', { requestState: '' }],
    ['short', { requestState: 'AAAA' }],
    ['no text', { requestState: 1 }],
    ['null', { requestState: null }],
    ['of another key', { requestState: foreign }],
    ['for other arguments', { requestState, args: { prefix: 'b' } }],
    ['for another tool', { requestState, name: 'test_missing_capability' }],
    ['of another user', { requestState, bearer: issuer.token({ ...SCOPES, sub: 'auth0|other' }) }],
    ['of another application', { requestState, bearer: issuer.token({ ...SCOPES, azp: 'other' }) }],
    ['of another organization', { requestState, bearer: issuer.token({ ...SCOPES, org_id: 'org_2' }) }],
    ['of another actor', { requestState, bearer: issuer.token({ ...SCOPES, act: { sub: 'agent' } }) }],
    ['of a machine', { requestState, bearer: issuer.token({ ...SCOPES, gty: 'client-credentials' }) }]
  ]
  for (const [what, ask] of bad) {
    const { status, error } = await send({ inputResponses: YES, ...ask })
    t.equal(status, 200)
    t.match(error, { code: -32602, message: /^params\.requestState is not valid/ }, what)
  }
  t.equal(files.size, 3)
  t.notMatch(bytes.toString('latin1'), /Delete/, 'nothing of it can be read')

  advance(599)
  t.match((await send({ requestState })).result, { resultType: 'input_required' })
  advance(2)
  t.match((await send({ requestState, inputResponses: YES })).error, { code: -32602, message: /expired/ })
})

t.test('refuses a requestState of another actor or organization', async t => {
  for (const [one, other] of [[{ act: { sub: 'a' } }, { act: { sub: 'b' } }], [{ org_id: 'org_1' }, { org_id: 'org_2' }]]) {
    const bearer = issuer.token({ ...SCOPES, ...one })
    const { result: { requestState } } = await send({ bearer })
    t.match((await send({ requestState, inputResponses: YES, bearer: issuer.token({ ...SCOPES, ...other }) })).error, { code: -32602 })
    t.match((await send({ requestState, inputResponses: {}, bearer })).result, { resultType: 'input_required' })
  }
})

t.test('refuses a number that is too large for JSON, in arguments and in answers', async t => {
  const raw = async (member: string) => {
    const { message, headers } = modern('tools/call', { name: 'test_input_required_result_request_state', arguments: {}, inputResponses: {} }, FORMS)
    const text = JSON.stringify(message).replace(/"arguments":\{\}|"inputResponses":\{\}/g, part => member.startsWith(part.slice(0, -2)) ? member : part)
    return (await post(text, token, headers)).json()
  }
  for (const number of ['1e400', '-1e400']) {
    for (const member of [`"arguments":{"n":${number}}`, `"arguments":{"deep":[{"n":${number}}]}`, `"inputResponses":{"confirm":{"n":${number}}}`]) {
      t.match((await raw(member)).error, { code: -32602, message: /must not hold a number/ }, member)
    }
  }
  for (const member of ['"arguments":{"n":1e308}', '"arguments":{"n":null}']) t.match((await raw(member)).result, { resultType: 'input_required' })
})

t.test('treats a default and the same value sent as the same argument', async t => {
  let confirmed = 0
  const defaulted = defineTool({
    name: 'defaulted',
    title: 'D',
    description: 'D.',
    scopes: ['tool:whoami'],
    input: Type.Object({ limit: Type.Integer({ default: 10 }) }),
    handler ({ limit }, { ask }) {
      ask({ confirm: elicit('Sure?', Type.Object({ sure: Type.Boolean() })) })
      confirmed = limit
      return []
    }
  })
  const { issuer, post } = await build(t, { tools: [defaulted] })
  const run = async (args: object, more: object = {}) => {
    const { message, headers } = modern('tools/call', { name: 'defaulted', arguments: args, ...more }, FORMS)
    return (await post(message, issuer.token(), headers)).json()
  }
  for (const [first, second] of [[{}, {}], [{}, { limit: 10 }], [{ limit: 10 }, {}]] as const) {
    const { result: { requestState } } = await run(first)
    t.match(await run(second, { requestState, inputResponses: YES }), { result: { resultType: 'complete' } })
    t.equal(confirmed, 10)
    t.match(await run({ limit: 11 }, { requestState, inputResponses: YES }), { error: { code: -32602 } })
  }
})

t.test('accepts a requestState if the arguments come in another order', async t => {
  const name = 'test_input_required_result_request_state'
  const { result: { requestState } } = await send({ name, args: { a: { x: 1, y: [2] }, b: 3 } })
  const inputResponses = { confirm: { action: 'accept', content: { ok: true } } }
  t.match((await send({ name, args: { b: 3, a: { y: [2], x: 1 } }, requestState, inputResponses })).result, { content: [{ text: 'state-ok' }] })
  t.match((await send({ name, args: { b: 3, a: { y: [3], x: 1 } }, requestState, inputResponses })).error, { code: -32602 })
})

t.test('carries the answers of earlier rounds in the state', async t => {
  const name = 'test_input_required_result_multi_round'
  const first = (await send({ name, args: {} })).result
  t.strictSame(Object.keys(first.inputRequests), ['step1'])
  const second = (await send({ name, args: {}, requestState: first.requestState, inputResponses: { step1: { action: 'accept', content: { name: 'Ada' } } } })).result
  t.strictSame(Object.keys(second.inputRequests), ['step2'])
  t.not(second.requestState, first.requestState)
  const third = (await send({ name, args: {}, requestState: second.requestState, inputResponses: { step2: { action: 'accept', content: { color: 'red' } } } })).result
  t.match(third, { resultType: 'complete', content: [{ text: 'Ada likes red.' }] })
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

t.test('checks the scope of the tool in every round', async t => {
  const { result: { requestState } } = await send()
  const { message, headers } = modern('tools/call', { name: 'delete_files', arguments: { prefix: 'a' }, requestState, inputResponses: YES }, FORMS)
  t.equal((await post(message, issuer.token({ scope: 'test:ask' }), headers)).statusCode, 403)
  t.equal(files.size, 3)
  t.notOk(logs.some(line => JSON.stringify(line).includes(requestState)), 'and the state is not logged')
})

t.test('accepts strings, numbers, booleans and choices in a form', async t => {
  elicit('?', Type.Object({
    text: Type.String({ format: 'email' }),
    number: Type.Number(),
    integer: Type.Integer(),
    truth: Type.Boolean(),
    one: Type.Unsafe<string>({ type: 'string', oneOf: [{ const: 'a', title: 'A' }] }),
    some: Type.Unsafe<string[]>({ type: 'array', items: { type: 'string', enum: ['a', 'b'] } }),
    titled: Type.Unsafe<string[]>({ type: 'array', items: { anyOf: [{ const: 'a', title: 'A' }] } })
  }))
  const { params } = elicit('?', Type.Object({ size: Type.Union([Type.Literal('S'), Type.Literal('M')], { title: 'Size' }), note: Type.Optional(Type.String()) }))
  t.strictSame(params['requestedSchema'], { type: 'object', properties: { size: { type: 'string', enum: ['S', 'M'], title: 'Size' }, note: { type: 'string' } }, required: ['size'] }, 'a choice as clients know it')
  t.throws(() => elicit('?', Type.Object({ id: Type.String({ format: 'uuid' }) })), /Form field id: forms have no format "uuid", only email, uri, date and date-time/)
  for (const field of [Type.Object({}), Type.Array(Type.String()), Type.Null(), Type.Unsafe({ type: 'array' })]) {
    t.throws(() => elicit('?', Type.Object({ field })), /Form field field: expected/)
  }
  t.throws(() => elicit('?', Type.Object({ field: Type.String({ minLength: -1 }) })), /schema is invalid: data\/properties\/field\/minLength must be >= 0/)
})

t.test('a question is a text, and hides nothing from the user', async t => {
  const fields = Type.Object({ sure: Type.Boolean() })
  const hidden = 'Delete report\u202efdp.exe\u200b?'
  t.match(elicit(hidden, fields), { params: { message: 'Delete reportfdp.exe?' } })
  t.match(elicitUrl({ message: hidden, url: 'https://page.example/' }), { params: { message: 'Delete reportfdp.exe?' } })
  for (const [wrong, found] of [[undefined, 'undefined'], [Promise.reject(new Error('no text')), 'a promise'], [{}, 'object'], ['', 'an empty one'], [' \u200b', 'an empty one']] as const) {
    t.throws(() => elicit(wrong as string, fields), { message: `expected the question to the user to be a text, found ${found}` })
  }
})

t.test('accepts the state of another process only if both share the secret', async t => {
  const sealed = createSealer('shared').seal('state', 'caller')
  t.equal(createSealer('shared').open(sealed, 'caller'), 'state')
  t.equal(createSealer('shared').open(sealed, 'other'), undefined)
  t.equal(createSealer('else').open(sealed, 'caller'), undefined)
  t.equal(createSealer().open(sealed, 'caller'), undefined)
  t.not(createSealer('shared').seal('state', 'caller'), sealed, 'no two look the same')
})
