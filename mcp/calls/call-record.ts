import { CODES, Cancelled, DENIED, RpcError } from '../errors.ts'
import { isObject, type Json, type RpcRequest } from '../message.ts'
import type { RegisteredTool } from '../registry.ts'
import type { Need } from '../declaration/scopes.ts'

/** How a call, or a request without calls, came out. docs/operations.md explains each. */
export type Outcome = 'ok' | 'tool_error' | 'denied' | 'limited' | 'asked' | 'failed' | 'aborted'

/** One call, for the log, the metrics and the traces. It is made only if one of them reads it. */
export interface CallRecord {
  /** The method and the tool as the caller wrote them. */
  readonly method: string
  readonly tool: string | undefined
  readonly version: string
  /** The scopes that the tool needs. */
  readonly scopes: readonly string[] | undefined
  /** The arguments that the tool names in `audit`, cut. */
  readonly args: Json | undefined
  /** The names of the caller's claims that the tool names in `audit`. */
  readonly claims: readonly string[] | undefined
  /** Undefined until the call is answered. */
  outcome?: Outcome
  /** The JSON-RPC code, if the answer is an error. */
  code?: number
  /** Which limit refused the call, for the operator. */
  hint?: string | undefined
  /** The trace that its span belongs to, if there is one. */
  traceId?: string
}

/** The methods of all revisions. Metrics and spans name no other method, since callers choose names freely. */
export const KNOWN_METHODS: ReadonlySet<string> = new Set(['initialize', 'ping', 'server/discover', 'tools/list', 'tools/call'])

/** A call that can have a record. */
export interface Recorded {
  readonly request: RpcRequest
  /** The tool that a `tools/call` names; undefined for other methods and for unknown names. */
  readonly tool: RegisteredTool | undefined
  /** The scopes that the call needs. */
  readonly needs: readonly Need[]
  /** The revision of the protocol. */
  readonly version: string
  /** Where the outcome is noted, if an observer reads it. */
  record: CallRecord | undefined
}

/**
 * Starts the record of a call. The call fills it in when it is answered.
 * @param cut shortens a value that the caller wrote
 */
export function startRecord (call: Recorded, cut: (value: unknown) => unknown): CallRecord {
  const { request: { method, params }, tool, needs, version } = call
  const name = method === 'tools/call' ? params['name'] : undefined
  const record: CallRecord = {
    method,
    tool: typeof name === 'string' ? name : undefined,
    version,
    scopes: tool && needs.map(({ scope }) => scope),
    args: audited(tool?.audited.args, params['arguments'], cut),
    claims: tool?.audited.claims
  }
  call.record = record
  return record
}

/** Notes a result. The members of a tool's result say how the call came out. */
export function noteResult (record: CallRecord, result: object): void {
  const { isError, resultType, [DENIED]: isDenied } = result as Json & { readonly [DENIED]?: boolean }
  record.outcome = isDenied === true ? 'denied' : isError === true ? 'tool_error' : resultType === 'input_required' ? 'asked' : 'ok'
}

/** Notes what a method threw. */
export function noteError (record: CallRecord, error: unknown): void {
  if (error instanceof Cancelled) {
    record.outcome = 'aborted'
  } else if (error instanceof RpcError) {
    record.outcome = error.retryAfter !== undefined ? 'limited' : error.status < 500 ? 'denied' : 'failed'
    record.code = error.code
    record.hint = error.hint
  } else {
    record.outcome = 'failed'
    record.code = CODES.internal
  }
}

function audited (names: readonly string[] | undefined, args: unknown, cut: (value: unknown) => unknown): Json | undefined {
  if (names === undefined || !isObject(args)) return undefined
  return Object.fromEntries(names.filter(name => Object.hasOwn(args, name)).map(name => [name, cut(args[name])]))
}
