import { context, createContextKey, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Span } from '@opentelemetry/api'
import { boundedGetter } from './carrier.ts'

export type { Context, Span }

/** The time that a request waited for signing keys, in milliseconds since 1970. */
interface Wait {
  readonly start: number
  end: number
}

/** One operation that starts. */
export interface Start {
  readonly name: string
  /** The context of its request. */
  readonly request: Context
  /** The parent's `traceparent` and `tracestate`, if the message has them (SEP-414). */
  readonly carrier: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970. */
  readonly at: number
  readonly attributes: Attributes
}

const tracer = trace.getTracer('auth0-mcp-server')
const WAITS = createContextKey('waits for signing keys')

/** The context of a request: below the span that its headers name, with a place for its waits. */
export function requestContext (headers: Readonly<Record<string, unknown>>): Context {
  // A span that is active already is that of an instrumented HTTP server, and it has read the headers.
  const active = context.active()
  const parent = trace.getSpan(active) === undefined ? propagation.extract(active, headers, boundedGetter) : active
  return parent.setValue(WAITS, [])
}

/** Notes that the present request waits for keys. */
export function noteWait (keys: Promise<unknown>): void {
  const waits = context.active().getValue(WAITS) as Wait[] | undefined
  if (waits === undefined) return
  const wait: Wait = { start: Date.now(), end: 0 }
  waits.push(wait)
  const over = (): void => { wait.end = Date.now() }
  keys.then(over, over)
}

/** Starts the span of an operation, with the waits of its request as children. */
export function startOperation ({ name, request, carrier, at, attributes }: Start): { readonly span: Span, readonly context: Context } {
  const ofMessage = carrier['traceparent'] !== undefined ? propagation.extract(ROOT_CONTEXT, carrier, boundedGetter) : ROOT_CONTEXT
  const parent = trace.getSpan(ofMessage) === undefined ? request : ofMessage
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: at, attributes }, parent)
  const own = trace.setSpan(parent, span)
  for (const { start, end } of request.getValue(WAITS) as Wait[]) tracer.startSpan('wait for signing keys', { startTime: start }, own).end(end)
  return { span, context: own }
}

/** Ends the span of an operation. `error` is the class of its failure, undefined if it succeeded. */
export function endOperation (span: Span, error: string | undefined, attributes: Attributes): void {
  span.setAttributes(attributes)
  if (error !== undefined) span.setAttribute('error.type', error).setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}

/**
 * Runs a tool in a span of its own, which becomes the parent of the spans that the tool makes.
 * @param isFailure whether a thrown value is a failure of the tool
 */
export function inToolSpan<Output> (name: string, run: () => Output, isFailure: (error: unknown) => boolean): Output {
  return tracer.startActiveSpan(`execute_tool ${name}`, { attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': name } }, span => {
    const failed = (error: unknown): never => {
      // Not its text, which may hold a secret.
      if (isFailure(error)) span.setAttribute('error.type', error instanceof Error ? error.name : typeof error).setStatus({ code: SpanStatusCode.ERROR })
      span.end()
      throw error
    }
    try {
      const output = run()
      if (output instanceof Promise) return output.then(value => { span.end(); return value }, failed) as Output
      span.end()
      return output
    } catch (error) {
      return failed(error)
    }
  })
}

/** Runs a function in a context. */
export function within<Result> (operation: Context, run: () => Result): Result {
  return context.with(operation, run)
}
