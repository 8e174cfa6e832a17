import { answer, type Reply } from './answer.ts'
import type { CallOptions } from './channel.ts'
import type { Era, Method } from './era.ts'
import { RpcError } from './errors.ts'
import type { Headers } from './headers.ts'
import { ASSUMED_VERSION, LEGACY_VERSIONS, legacyEra, type LegacyVersion } from './legacy.ts'
import { MODERN_VERSION, modernEra } from './modern.ts'
import type { Registry } from './registry.ts'
import { isObject } from './request.ts'
import { createRounds } from './rounds.ts'
import { META, type Body, type Message, type RpcRequest, type ServerInfo } from './schema.ts'
import type { Sealer } from './seal.ts'

/** A request, with the method that answers it. */
export interface RpcCall {
  readonly request: RpcRequest
  readonly method: Method
}

/** A body that has been understood: what is to be answered, and how. */
export interface Exchange {
  readonly era: Era
  /** None: everything was a notification or a response. */
  readonly calls: readonly RpcCall[]
  readonly batch: boolean
  /** All scopes that its tool calls need. */
  readonly scopes: readonly string[]
}

/** What the HTTP side needs of MCP. */
export interface Protocol {
  /**
   * Finds out what a body is, exactly once: which revision, which requests, which scopes.
   * @throws RpcError
   */
  classify (headers: Headers, body: Body): Exchange
  /** Answers an exchange. Never throws, never rejects: a failure is an answer too. */
  answer (exchange: Exchange, options: CallOptions): Reply | Promise<Reply>
}

const NO_PARAMS = Object.freeze({})
const NO_CALLS: readonly RpcCall[] = Object.freeze([])
const NO_SCOPES: readonly string[] = Object.freeze([])

/**
 * The protocol in all its revisions, over one list of tools.
 * @param sealer for what a tool asks through the client: the same secret in every process that serves the endpoint
 */
export function createProtocol (registry: Registry, serverInfo: ServerInfo, sealer: Sealer): Protocol {
  const versions = [MODERN_VERSION, ...LEGACY_VERSIONS]
  const eras = new Map<unknown, Era>([
    [MODERN_VERSION, modernEra(registry, serverInfo, versions, createRounds(sealer))],
    ...LEGACY_VERSIONS.map(version => [version, legacyEra(version, registry, serverInfo)] as const)
  ])

  function classify (headers: Headers, body: Body): Exchange {
    if (Array.isArray(body)) return classifyBatch(headers, body)
    const era = eraOf(headers, body)
    if (body.method === undefined && !era.responses) throw invalid(`Revision ${era.version} takes no responses`)
    const call = callOf(era, headers, body)
    if (call === undefined) return { era, calls: NO_CALLS, batch: false, scopes: NO_SCOPES }
    return { era, calls: [call], batch: false, scopes: scopesOf(call) }
  }

  function classifyBatch (headers: Headers, messages: readonly Message[]): Exchange {
    const era = eraOf(headers, messages[0] as Message)
    if (!era.batches) throw invalid(`Revision ${era.version} takes one message at a time`)
    if (messages.some(({ method }) => method === 'initialize')) throw invalid('initialize must not be part of a batch')
    const calls = messages.flatMap(message => callOf(era, headers, message) ?? [])
    return { era, calls, batch: true, scopes: [...new Set(calls.flatMap(scopesOf))] }
  }

  // The header and the body must agree on the revision; where neither names one, it is an old one.
  function eraOf (headers: Headers, message: Message): Era {
    const header = headers['mcp-protocol-version']
    const stated = statedVersion(message)
    if (message.method === 'initialize' && stated === undefined && header !== MODERN_VERSION) return initialEra(message)

    if (stated !== undefined && header !== undefined && stated !== header) {
      throw new RpcError('headerMismatch', 'Header mismatch: the mcp-protocol-version header does not match the body', { status: 400 })
    }
    const version = header ?? stated ?? ASSUMED_VERSION
    const era = eras.get(version)
    if (era !== undefined) return era
    throw new RpcError('unsupportedVersion', 'Unsupported protocol version', { data: { supported: versions, requested: version }, status: 400 })
  }

  function initialEra ({ params }: Message): Era {
    const requested = params?.['protocolVersion']
    const version = LEGACY_VERSIONS.includes(requested as LegacyVersion) ? requested : LEGACY_VERSIONS[0]
    return eras.get(version) as Era
  }

  function callOf (era: Era, headers: Headers, { id, method, params = NO_PARAMS }: Message): RpcCall | undefined {
    if (id === undefined || method === undefined) return undefined
    const request = { id, method, params }
    era.check(headers, request)
    return { request, method: era.methods.get(method) ?? era.unknownMethod }
  }

  function scopesOf ({ request: { method, params } }: RpcCall): readonly string[] {
    return method === 'tools/call' ? registry.get(params['name'])?.tool.scopes ?? NO_SCOPES : NO_SCOPES
  }

  return { classify, answer }
}

/** What a message says of its own revision, in `_meta`. */
function statedVersion ({ params }: Message): string | undefined {
  const meta = params?.['_meta']
  const version = isObject(meta) ? meta[META.version] : undefined
  return typeof version === 'string' ? version : undefined
}

function invalid (message: string): RpcError {
  return new RpcError('invalidRequest', message, { status: 400 })
}
