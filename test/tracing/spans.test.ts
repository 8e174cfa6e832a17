import { context, propagation, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace-node'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineTool, elicit, ToolError } from '../../mcp/tool.ts'
import { hasTracing } from '../../tracing/detect.ts'
import { flushSpans } from '../../tracing/flush.ts'
import { MAX_MEMBERS, MAX_VALUE_LENGTH } from '../../tracing/carrier.ts'
import { noteWait, requestContext } from '../../tracing/spans.ts'
import { build, call, modern, request } from '../support/build.ts'
import { exchange, listen, raw } from '../support/wire.ts'

const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const OTHER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

const QUESTION = elicit('Really?', Type.Object({ yes: Type.Boolean() }))
const exporter = new InMemorySpanExporter()
let inTool: string | undefined
const work = defineTool({
  name: 'work',
  title: 'Work',
  description: 'Ends as it is told.',
  scopes: ['tool:work'],
  input: Type.Object({ as: Type.String() }),
  output: Type.Object({}),
  async handler ({ as }) {
    await Promise.resolve()
    inTool = trace.getActiveSpan()?.spanContext().spanId
    if (as === 'error') throw new ToolError('no')
    return {}
  }
})
const quick = defineTool({
  ...work,
  name: 'quick',
  handler ({ as }, { ask }) {
    if (as === 'error') throw new Error('secret words')
    if (as === 'question') ask({ sure: QUESTION })
    // eslint-disable-next-line no-throw-literal
    if (as === 'words') throw 'secret words'
    return {}
  }
})

t.equal(hasTracing(), false, 'nothing is traced before an SDK is set up')
let flushed = 0
let flush = async (): Promise<void> => { flushed++ }
const counting = { onStart () {}, onEnd () {}, shutdown: async () => {}, forceFlush: () => flush() }
new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), counting] }).register()
t.equal(hasTracing(), true)
t.teardown(() => {
  for (const api of [trace, context, propagation]) api.disable()
})

function spans (): ReadableSpan[] {
  const found = exporter.getFinishedSpans()
  exporter.reset()
  return found
}

t.test('each operation is a span below its parent, with its tool and its wait for keys below it', async t => {
  const { issuer, logs, post } = await build(t, { tools: [work, quick] })
  const token = issuer.token({ scope: 'tool:work' })
  await post(call('work', { as: 'fine' }), token, { traceparent: PARENT })
  const found = spans()
  const operation = found.find(({ name }) => name === 'tools/call work') as ReadableSpan
  const below = (name: string): ReadableSpan | undefined => found.find(span => span.name === name)
  t.match(operation.attributes, { 'mcp.method.name': 'tools/call', 'mcp.protocol.version': '2025-03-26', 'gen_ai.tool.name': 'work', 'jsonrpc.request.id': '1', 'network.transport': 'tcp', 'client.address': '127.0.0.1' })
  t.equal(operation.spanContext().traceId, PARENT.split('-')[1])
  t.equal(operation.parentSpanContext?.spanId, PARENT.split('-')[2])
  t.equal(operation.status.code, 0)
  t.equal(below('wait for signing keys')?.parentSpanContext?.spanId, operation.spanContext().spanId)
  t.equal(below('execute_tool work')?.parentSpanContext?.spanId, operation.spanContext().spanId)
  t.equal(below('execute_tool work')?.spanContext().spanId, inTool, 'what the tool does is below its span')
  t.match(logs.find(({ outcome }) => outcome === 'ok'), { traceId: PARENT.split('-')[1] })

  const { message, headers } = modern('tools/call', { name: 'quick', arguments: { as: 'fine' }, _meta: { traceparent: OTHER } })
  await post(message, token, { ...headers, traceparent: PARENT })
  t.equal(spans().find(({ name }) => name === 'tools/call quick')?.spanContext().traceId, OTHER.split('-')[1], 'the message goes before the header')
  const wrong = modern('tools/call', { name: 'quick', arguments: { as: 'fine' }, _meta: { traceparent: 'nonsense' } })
  await post(wrong.message, token, { ...wrong.headers, traceparent: PARENT })
  t.equal(spans().find(({ name }) => name === 'tools/call quick')?.spanContext().traceId, PARENT.split('-')[1], 'unless it makes no sense')
})

t.test('a question to the user is no failure of the tool', async t => {
  const { issuer, post } = await build(t, { tools: [quick] })
  const { message, headers } = modern('tools/call', { name: 'quick', arguments: { as: 'question' } }, { elicitation: {} })
  await post(message, issuer.token({ scope: 'tool:work' }), headers)
  t.strictSame(spans().filter(({ name }) => name.includes('quick')).map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]), [['execute_tool quick', 0, undefined], ['tools/call quick', 0, undefined]])
})

t.test('a failed span has the class of the error and not its text, and no name that a caller chose', async t => {
  const { issuer, post } = await build(t, { tools: [work, quick] })
  const token = issuer.token({ scope: 'tool:work' })
  for (const [message, name, error] of [
    [call('work', { as: 'error' }), 'tools/call work', 'tool_error'],
    [call('quick', { as: 'error' }), 'tools/call quick', '-32603'],
    [call('quick', { as: 'words' }), 'tools/call quick', '-32603'],
    [call('made up'), 'tools/call', '-32602'],
    [request('made/up'), 'unknown method', '-32601']
  ] as const) {
    await post(message, token)
    const found = spans()
    t.match(found.find(span => span.name === name), { status: { code: 2 }, attributes: { 'error.type': error } }, name)
    const tool = / (\w+)$/.exec(name)?.[1]
    if (tool !== undefined && tool !== 'method') t.match(found.find(span => span.name === `execute_tool ${tool}`), { ended: true, status: { code: 2 } }, 'the span of the tool')
    t.notMatch(JSON.stringify(found.map(({ name, attributes, events, status }) => [name, attributes, events, status])), /secret words|made/)
  }
  await post(call('work', { as: 'fine' }), issuer.token())
  t.match(spans().find(({ name }) => name === 'tools/call work'), { attributes: { 'error.type': 'denied' } }, 'a scope that is missing')
  await post([call('work', { as: 'fine' }, 1), request('ping', {}, 2)], token)
  t.strictSame(spans().map(({ name }) => name).sort(), ['execute_tool work', 'ping', 'tools/call work'])
})

t.test('a refused request makes no span, and the span of an instrumented server counts more than the header', async t => {
  const { issuer, post } = await build(t, { tools: [work] })
  issuer.answer = (_request, response) => { response.writeHead(500).end() }
  await post(call('work'), issuer.token())
  t.strictSame(spans(), [])

  const outer = trace.getTracer('server').startSpan('POST')
  const entered = context.with(trace.setSpan(context.active(), outer), () => requestContext({ traceparent: PARENT }))
  t.equal(trace.getSpan(entered), outer)
  t.doesNotThrow(() => noteWait(Promise.resolve()), 'outside of a request')
})

t.test('an operation is traced although nothing is logged', async t => {
  const { issuer, post } = await build(t, { tools: [work], logger: false })
  await post(call('work', { as: 'fine' }), issuer.token({ scope: 'tool:work' }))
  t.ok(spans().some(({ name }) => name === 'tools/call work'))
})

t.test('a megabyte of wrong baggage does not stop the server', async t => {
  const { app, issuer } = await build(t, { tools: [quick] })
  const port = await listen(app)
  const decode = decodeURIComponent
  let wrong = 0
  globalThis.decodeURIComponent = text => {
    if (text === '%') wrong++
    return decode(text)
  }
  t.teardown(() => { globalThis.decodeURIComponent = decode })
  const baggage = async (value: string): Promise<number> => {
    wrong = 0
    const { message, headers } = modern('tools/call', { name: 'quick', arguments: { as: 'fine' }, _meta: { traceparent: OTHER, baggage: value } })
    const lines = Object.entries({ 'content-type': 'application/json', authorization: `Bearer ${issuer.token({ scope: 'tool:work' })}`, ...headers }).map(([name, value]) => `${name}: ${value}`)
    t.match(await exchange(port, raw(lines, JSON.stringify(message))), [{ statusCode: 200 }])
    return wrong
  }
  // The propagator decodes each member, and makes an error for each wrong one.
  t.equal(await baggage('x=%,'.repeat(2)), 2)
  t.equal(await baggage('x=%,'.repeat(260_000)), 0)
  t.equal(spans().filter(({ name }) => name === 'tools/call quick').length, 2)
})

// Near the end, since it sets a propagator for good.
t.test('a message whose trace is no text is answered, and ends like any other', async t => {
  propagation.disable()
  const read: Array<number | undefined> = []
  // Propagators read headers, so some of them take every value for a text.
  propagation.setGlobalPropagator({
    inject () {},
    fields: () => [],
    extract (parent, carrier, { get, keys }) {
      if (keys(carrier).includes('tracestate')) read.push((get(carrier, 'tracestate') as string | undefined)?.trim().length)
      return parent
    }
  })
  const { issuer, logs, post } = await build(t, { tools: [quick] })
  const token = issuer.token({ scope: 'tool:work' })
  for (const _meta of [{ traceparent: OTHER, tracestate: { length: 1 } }, { traceparent: OTHER, tracestate: ['a'] }, { traceparent: {} }]) {
    const { message, headers } = modern('tools/call', { name: 'quick', arguments: { as: 'fine' }, _meta })
    t.equal((await post(message, token, headers)).statusCode, 200)
  }
  t.equal(spans().filter(({ name }) => name === 'tools/call quick').length, 3)
  t.strictSame(logs.map(({ outcome }) => outcome), ['ok', 'ok', 'ok'])

  read.length = 0
  for (const tracestate of ['x'.repeat(MAX_VALUE_LENGTH), 'x'.repeat(MAX_VALUE_LENGTH + 1), ','.repeat(MAX_MEMBERS - 1), ','.repeat(MAX_MEMBERS)]) {
    const { message, headers } = modern('tools/call', { name: 'quick', arguments: { as: 'fine' }, _meta: { traceparent: OTHER, tracestate } })
    await post(message, token, headers)
    await post(call('quick', { as: 'fine' }), token, { tracestate })
  }
  t.strictSame(read, [MAX_VALUE_LENGTH, undefined, MAX_MEMBERS - 1, undefined].flatMap(length => [length, length]), 'a long value counts as absent, in a message and in a header')
  spans()
})

t.test('the server hands on the last spans when it stops, and waits for no collector', async t => {
  const { app } = await build(t, { tools: [work] })
  const before = flushed
  await app.close()
  t.equal(flushed, before + 1)

  flush = () => Promise.reject(new Error('the collector is away'))
  await flushSpans()
  let release = (): void => {}
  flush = () => new Promise(resolve => { release = resolve })
  await flushSpans(1)
  // The SDK waits for it with a timer.
  release()
  trace.disable()
  await t.resolves(flushSpans(1), 'an API without an SDK has nothing to hand on')
})
