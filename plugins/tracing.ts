import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { KeyRing } from '../auth/keys/ring.ts'
import { KNOWN_METHODS, type CallRecord, type Outcome } from '../mcp/calls/call-record.ts'
import type { RpcCall } from '../mcp/exchange.ts'
import { isObject } from '../mcp/message.ts'
import { InputRequired } from '../mcp/elicitation/request-state.ts'
import type { Tool } from '../mcp/tool.ts'
import { flushSpans } from '../tracing/flush.ts'
import { endOperation, inToolSpan, noteWait, requestContext, startOperation, within, type Context, type Span } from '../tracing/spans.ts'

/** Makes a span of each operation, by OpenTelemetry's conventions for MCP. Loaded only if an SDK is set up. */
export default fp(async function tracing (app) {
  // Not the active context: Node loses it while the body arrives.
  const contexts = new WeakMap<FastifyRequest, Context>()
  const spans = new WeakMap<CallRecord, Span>()

  // Before the token is checked, so that a wait for keys is seen.
  app.addHook('onRequest', function enterContext (request, _reply, done) {
    const entered = requestContext(request.headers)
    contexts.set(request, entered)
    within(entered, done)
  })

  app.observe({
    readsCalls: true,
    started (reply, calls) {
      const at = Date.now() - reply.elapsedTime
      for (const call of calls) start(call, at, contexts.get(reply.request) as Context)
    },
    ended ({ request: { records, ip }, outcome }) {
      for (const record of records ?? []) end(record, record.outcome ?? outcome, ip)
    }
  })

  app.addHook('onClose', () => flushSpans())

  function start (call: RpcCall, at: number, request: Context): void {
    const { request: { id, method, params }, record, method: answer } = call
    const { _meta: meta } = params
    const name = KNOWN_METHODS.has(method) ? method : 'unknown method'
    const tool = call.tool?.declaration.name
    const operation = startOperation({
      name: tool === undefined ? name : `${name} ${tool}`,
      request,
      carrier: isObject(meta) ? meta : {},
      at,
      attributes: {
        'mcp.method.name': name,
        'mcp.protocol.version': call.version,
        'jsonrpc.protocol.version': '2.0',
        'jsonrpc.request.id': String(id),
        'network.transport': 'tcp',
        'network.protocol.name': 'http',
        ...(tool !== undefined && { 'gen_ai.tool.name': tool, 'gen_ai.operation.name': 'execute_tool' })
      }
    })
    spans.set(record as CallRecord, operation.span)
    ;(record as CallRecord).traceId = operation.span.spanContext().traceId
    call.method = (call, options) => within(operation.context, () => answer(call, options))
  }

  function end (record: CallRecord, outcome: Outcome, address: string | undefined): void {
    const isFine = outcome === 'ok' || outcome === 'asked'
    endOperation(spans.get(record) as Span, isFine ? undefined : record.code === undefined ? outcome : String(record.code), {
      ...(address !== undefined && { 'client.address': address }),
      ...(record.code !== undefined && { 'rpc.response.status_code': String(record.code) })
    })
  }
}, {
  name: 'tracing',
  fastify: '5.x',
  dependencies: ['request-end']
})

/** A key ring that also notes when a request has to wait for keys. */
export function tracedKeys (keys: KeyRing): KeyRing {
  return Object.assign(Object.create(keys) as KeyRing, {
    get (...name: Parameters<KeyRing['get']>) {
      const found = keys.get(...name)
      if (found instanceof Promise) noteWait(found)
      return found
    }
  })
}

// A tool asks its user by throwing.
const isFailure = (error: unknown): boolean => !(error instanceof InputRequired)

/** A tool with a span around its handler. */
export function tracedTool (tool: Tool): Tool {
  const handler: Tool['handler'] = (input: never, context: never) => inToolSpan(tool.name, () => tool.handler(input, context), isFailure)
  return { ...tool, handler } as Tool
}
