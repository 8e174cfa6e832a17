import { answer } from './answer.ts'
import type { Approvals } from './elicitation/confirm.ts'
import { eraFinder } from './revisions/eras.ts'
import { RpcError } from './errors.ts'
import type { CallOptions, Era, Exchange, Reply, RpcCall } from './exchange.ts'
import type { Body, Json, Message, ServerInfo } from './message.ts'
import type { Listing } from './listing.ts'
import type { Limiter } from './calls/limiter.ts'
import { withNeeds } from './calls/needs-by-arguments.ts'
import type { Head } from './revisions/mirrored-headers.ts'
import type { RegisteredTool, Registry } from './registry.ts'
import { createRequestState } from './elicitation/request-state.ts'
import type { Need } from './declaration/scopes.ts'
import type { Sealer } from './elicitation/seal.ts'

/** MCP, for the HTTP side. */
export interface Protocol {
  /**
   * Classifies a body once: its revision, its requests, their tools and the scopes that they need.
   * @param granted the scopes of the caller. A tool that is hidden from this caller counts as unknown
   * @throws RpcError
   */
  classify (head: Head, body: Body, granted: readonly string[]): Exchange
  /** Answers an exchange. Never throws and never rejects: a failure is an answer too. */
  answer (exchange: Exchange, options: CallOptions): Reply | Promise<Reply>
}

/** Parts of the server that the protocol uses. */
export interface ProtocolOptions {
  /** Seals `requestState`; the same secret in every process that serves the endpoint. */
  readonly sealer: Sealer
  /** Decides which calls may run. Default: all. */
  readonly limiter?: Limiter
  /** Bytes of JSON that a tool may give. Default: any number. */
  readonly outputLimit?: number
  /** Whether a tool is hidden from a caller who may not call it. Default: `all` are shown. */
  readonly listing?: Listing
  /** Remembers used approvals. Default: none can be checked, so none counts. */
  readonly approvals?: Approvals
}

/**
 * The answers to a batch have this many times OUTPUT_LIMIT together. One output can take three: it goes out as data and as
 * text, whose quotes are escaped.
 */
const BATCH_OUTPUTS = 4
const NO_PARAMS: Json = Object.freeze({})
const NO_CALLS: readonly RpcCall[] = Object.freeze([])
const UNKNOWN: Approvals = { spend: () => undefined }
const UNLIMITED: Limiter = { permit: () => () => {} }
const NO_NEEDS: readonly Need[] = Object.freeze([])

/** The protocol in all its revisions, over one list of tools. */
export function createProtocol (registry: Registry, serverInfo: ServerInfo, { sealer, limiter = UNLIMITED, outputLimit = Infinity, listing = 'all', approvals = UNKNOWN }: ProtocolOptions): Protocol {
  const eraOf = eraFinder(registry, serverInfo, { requestState: createRequestState(sealer), limiter, outputLimit, listing, approvals })

  function classify (head: Head, body: Body, granted: readonly string[]): Exchange {
    if (Array.isArray(body)) return classifyBatch(head, body, granted)
    const era = eraOf(head.headers, body)
    if (body.method === undefined && !era.responses) throw invalid(`Revision ${era.version} takes no responses`)
    const call = callOf(era, head, body, granted)
    if (call === undefined) return { calls: NO_CALLS, batch: false, needs: NO_NEEDS }
    return { calls: [call], batch: false, needs: call.needs }
  }

  function classifyBatch (head: Head, messages: readonly Message[], granted: readonly string[]): Exchange {
    const era = eraOf(head.headers, messages[0] as Message)
    if (!era.batches) throw invalid(`Revision ${era.version} takes one message at a time`)
    if (messages.some(({ method }) => method === 'initialize')) throw invalid('initialize must not be part of a batch')
    const calls = messages.flatMap(message => callOf(era, head, message, granted) ?? [])
    return { calls, batch: true, needs: [...new Set(calls.flatMap(({ needs }) => needs))] }
  }

  function callOf (era: Era, head: Head, { id, method, params }: Message, granted: readonly string[]): RpcCall | undefined {
    if (id === undefined || method === undefined) return undefined
    const request = { id, method, params: params ?? NO_PARAMS }
    const tool = method === 'tools/call' ? toolFor(granted, request.params['name']) : undefined
    const clientCapabilities = era.check(head, request, tool)
    const needs = tool?.needs.fixed ?? NO_NEEDS
    const call: RpcCall = { request, tool, args: undefined, needs, version: era.version, clientCapabilities, record: undefined, method: era.methods.get(method) ?? era.unknownMethod }
    return tool?.needs.byArguments === undefined ? call : withNeeds(call, tool, tool.needs.byArguments)
  }

  // A hidden tool is undefined here, so that its answer is that of an unknown one.
  function toolFor (granted: readonly string[], name: unknown): RegisteredTool | undefined {
    const tool = registry.get(name)
    return listing === 'all' || tool?.needs.mayCall(granted) === true ? tool : undefined
  }

  return { classify, answer: (exchange, options) => answer(exchange, options, BATCH_OUTPUTS * outputLimit) }
}

function invalid (message: string): RpcError {
  return new RpcError('invalidRequest', message, { status: 400 })
}
