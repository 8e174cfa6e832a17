import t from 'tap'
import { RpcError } from '../../mcp/errors.ts'
import { ToolError } from '../../mcp/tool.ts'
import { call, modern } from '../support/build.ts'
import { buildBehaving } from '../support/behaving.ts'

const { behave, logs, post, ran, run, token } = await buildBehaving(t)

t.test('lists a tool with everything it declares, and its schemas as JSON Schema', async t => {
  const { message, headers } = modern('tools/list')
  const { tools } = (await post(message, token, headers)).json().result
  t.strictSame(tools.at(-1), {
    name: 'typed',
    title: 'T',
    description: 'D.',
    icons: [{ src: 'data:image/png;base64,AA==', mimeType: 'image/png', sizes: ['any'], theme: 'dark' }],
    inputSchema: { additionalProperties: false, type: 'object', required: ['city'], properties: { city: { type: 'string' }, days: { minimum: 1, type: 'integer' } } },
    outputSchema: { type: 'object', required: ['city'], properties: { city: { type: 'string' } } },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false }
  }, 'and nothing of scopes or time limits')
  t.notOk('annotations' in tools[0])
})

t.test('answers bad arguments with a result that names the fault, and does not run the tool', async t => {
  const rows: ReadonlyArray<[args: unknown, text: string]> = [
    [undefined, "arguments: must have required property 'city'"],
    [{}, "arguments: must have required property 'city'"],
    [{ city: 5 }, 'arguments.city: must be string'],
    [{ city: 'Rome', days: 0 }, 'arguments.days: must be >= 1'],
    [{ city: 'Rome', days: '3' }, 'arguments.days: must be integer'],
    [{ city: 'Rome', town: '' }, 'arguments: must NOT have additional properties ("town")']
  ]
  for (const [args, text] of rows) {
    const { status, result } = await run('typed', args)
    t.equal(status, 200)
    t.strictSame({ content: result.content, isError: result.isError, resultType: result.resultType }, { content: [{ type: 'text', text }], isError: true, resultType: 'complete' })
    t.notOk('structuredContent' in result)
    t.ok(result._meta['io.modelcontextprotocol/serverInfo'])
    t.match((await post(call('typed', args as object), token)).json().result, { isError: true })
  }
  t.equal(ran(), 0)
  t.match((await run('typed', { city: 'Rome' })).result, { structuredContent: { city: 'Rome' }, isError: undefined })
  t.equal(ran(), 1)
})

t.test('answers -32602 if the arguments are not an object', async t => {
  for (const args of ['Rome', 1, [], true]) t.match((await run('typed', args)).error, { code: -32602, message: 'params.arguments must be an object' })
  t.match((await run('test_simple_text', null)).result, { content: [{ type: 'text' }] }, 'null is none')
})

t.test('sends content unchanged', async t => {
  for (const [name, ...types] of [['test_image_content', 'image'], ['test_audio_content', 'audio'], ['test_multiple_content_types', 'text', 'image', 'resource']]) {
    const { result } = await run(name as string)
    t.strictSame(result.content.map(({ type }: { type: string }) => type), types)
    t.notOk('structuredContent' in result)
  }
})

t.test('sends data twice: as structured content and as text', async t => {
  for (const value of [null, 'text', [1, 2]]) {
    behave(() => value)
    const { result } = await run('any')
    t.strictSame(result.structuredContent, value)
    t.strictSame(JSON.parse(result.content[0].text), value)
    const old = (await post(call('any'), token, { 'mcp-protocol-version': '2025-11-25' })).json().result
    t.notOk('structuredContent' in old, 'before 2026-07-28 data has to be an object')
  }
})

t.test('sends the message of a ToolError to the model', async t => {
  for (const behaviour of [() => { throw new ToolError('Try Monday.') }, async () => { throw new ToolError('Try Monday.') }]) {
    behave(behaviour)
    t.match((await run('data')).result, { resultType: 'complete', isError: true, content: [{ type: 'text', text: 'Try Monday.' }] })
  }
})

t.test('sends the message of a ToolError as a text, whatever it is', async t => {
  for (const [message, text] of [[5, '5'], [undefined, 'undefined'], [{}, '[object Object]'], [Symbol('s'), 'Symbol(s)']]) {
    behave(() => { throw Object.assign(new ToolError(''), { message }) })
    t.match((await run('data')).result, { isError: true, content: [{ type: 'text', text }] })
  }
  behave(() => { throw Object.assign(new ToolError(''), { message: { toString () { throw new Error('no text') } } }) })
  t.match((await run('data')).error, { code: -32603 })
})

t.test('tells the operator what a handler without "output" returns', async t => {
  for (const output of ['text', { content: [] }]) {
    behave(() => output)
    t.match((await run('content')).error, { code: -32603 })
    t.match(logs.findLast(({ msg }) => msg === 'a tool failed'), { err: { message: /output: must be array; without "output", a handler returns a list of content blocks/ } })
  }
})

t.test('F-T6 answers any other error with -32603 and the id of its log line, and shows nothing of the error', async t => {
  const faults: ReadonlyArray<[behaviour: () => unknown, logged: RegExp]> = [
    [() => { throw new Error('password is hunter2') }, /hunter2/],
    [async () => { throw new TypeError('undefined is not a function') }, /not a function/],
    [() => ({ n: 'one' }), /output of tool data is not what its schema says: output\.n: must be number/],
    [async () => ({ n: NaN }), /output\.n: must be number/],
    [() => undefined, /output: is missing/],
    [async () => null, /output: must be object/],
    [() => Object.assign(new Date(), { n: 1 }), /output of tool data has a toJSON that gives no object/]
  ]
  for (const [behaviour, logged] of faults) {
    behave(behaviour)
    const before = logs.length
    const { status, id, error, requestId: header } = await run('data')
    const { requestId } = error.data
    t.equal(status, 200)
    t.equal(id, 1)
    t.strictSame(error, { code: -32603, message: 'Internal error', data: { requestId } })
    t.equal(header, requestId)
    t.match(logs.slice(before).find(({ msg }) => msg === 'a tool failed'), { level: 50, tool: 'data', reqId: requestId, err: { message: logged } })
  }
})

t.test('answers -32603 if the content of a tool is malformed', async t => {
  for (const content of ['text', [{}], [{ type: 'text' }], [{ type: 'video', data: '', mimeType: '' }], [{ type: 'image', data: '' }], [{ type: 'resource', resource: { uri: 'a' } }], [{ type: 'resource_link', uri: 'a' }], { type: 'text', text: '' }]) {
    behave(() => content)
    t.match((await run('content')).error, { code: -32603 }, JSON.stringify(content))
  }
})

t.test('sends an RpcError to the client as a protocol error', async t => {
  behave(() => { throw new RpcError('invalidParams', 'No.', { data: { why: 'because' }, status: 400 }) })
  t.match(await run('data'), { status: 400, error: { code: -32602, message: 'No.', data: { why: 'because' } } })
})
