import type { CallOptions } from './call.ts'
import { isRequest, type Era, type Method } from './era.ts'
import { errorResponse, RpcError } from './errors.ts'
import type { Headers } from './headers.ts'
import { ASSUMED_VERSION, LEGACY_VERSIONS, legacyEra, type LegacyVersion } from './legacy.ts'
import { MODERN_VERSION, modernEra } from './modern.ts'
import type { Registry } from './registry.ts'
import { isObject } from './request.ts'
import { createRounds } from './rounds.ts'
import { META, type Body, type Message, type RpcRequest, type ServerInfo } from './schema.ts'
import type { Sealer } from './seal.ts'

/** A body that has been understood: what is to be answered, and how. */
export interface Exchange {
  readonly era: Era
  /** The requests in it, each with the method that answers it. None: everything was a notification or a response. */
  readonly calls: ReadonlyArray<{ readonly request: RpcRequest, readonly method: Method }>
  readonly batch: boolean
  /** All scopes that its tool calls need. */
  readonly scopes: readonly string[]
}

/** The answer to an exchange. Without a body: 202, nothing to say. */
export interface Reply {
  readonly status: number
  /** JSON text. */
  readonly body?: string
}

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

export function createProtocol (registry: Registry, serverInfo: ServerInfo, sealer: Sealer): Protocol {
  const versions = [MODERN_VERSION, ...LEGACY_VERSIONS]
  const eras = new Map<unknown, Era>([
    [MODERN_VERSION, modernEra(registry, serverInfo, versions, createRounds(sealer))],
    ...LEGACY_VERSIONS.map(version => [version, legacyEra(version, registry, serverInfo)] as const)
  ])

  function classify (headers: Headers, body: Body): Exchange {
    const messages = Array.isArray(body) ? body : [body]
    const era = eraOf(headers, messages)
    if (Array.isArray(body)) checkBatch(era, messages)
    if (!era.responses && messages.some(({ method }) => method === undefined)) throw invalid('This revision takes no responses')

    const calls = messages.filter(isRequest).map(({ id, method, params = NO_PARAMS }) => {
      const request = { id, method, params }
      era.check(headers, request)
      return { request, method: era.methods.get(method) ?? unknownMethod(era) }
    })
    return { era, calls, batch: Array.isArray(body), scopes: scopesOf(calls.map(({ request }) => request), registry) }
  }

  // The header and the body must agree on the revision; where neither names one, it is an old one.
  function eraOf (headers: Headers, messages: readonly Message[]): Era {
    const header = headers['mcp-protocol-version']
    const [message] = messages
    const stated = messages.length === 1 ? statedVersion(message) : undefined
    if (message?.method === 'initialize' && stated === undefined && header !== MODERN_VERSION) return initialEra(message)

    if (stated !== undefined && header !== undefined && stated !== header) {
      throw new RpcError('headerMismatch', `Header mismatch: mcp-protocol-version and params._meta["${META.version}"] differ`, { status: 400 })
    }
    const era = eras.get(header ?? stated ?? ASSUMED_VERSION)
    if (era === undefined) throw unsupported(header ?? stated)
    return era
  }

  function initialEra ({ params }: Message): Era {
    const requested = params?.['protocolVersion']
    const version = LEGACY_VERSIONS.includes(requested as LegacyVersion) ? requested : LEGACY_VERSIONS[0]
    return eras.get(version) as Era
  }

  function unsupported (requested: unknown): RpcError {
    return new RpcError('unsupportedVersion', 'Unsupported protocol version', { data: { supported: versions, requested }, status: 400 })
  }

  return { classify, answer }
}

function unknownMethod ({ unknownMethodStatus: status }: Era): Method {
  return ({ method }) => { throw new RpcError('methodNotFound', `Method not found: ${method.slice(0, 128)}`, { status }) }
}

function answer (exchange: Exchange, options: CallOptions): Reply | Promise<Reply> {
  const [call] = exchange.calls
  if (call === undefined) return { status: 202 }
  if (exchange.batch) return answerBatch(exchange, options)

  const { request, method } = call
  try {
    const result = method(request, options)
    if (typeof result === 'string') return succeeded(request, result)
    return result.then(text => succeeded(request, text), error => failed(request, error, options))
  } catch (error) {
    return failed(request, error, options)
  }
}

async function answerBatch ({ era, calls }: Exchange, options: CallOptions): Promise<Reply> {
  // The answers come together, so that there is no stream to tell progress on.
  const quiet = { ...options, notify: undefined }
  const replies = await Promise.all(calls.map(call => answer({ era, calls: [call], batch: false, scopes: [] }, quiet)))
  return { status: 200, body: `[${replies.map(({ body }) => body).join(',')}]` }
}

function succeeded ({ id }: RpcRequest, result: string): Reply {
  return { status: 200, body: `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}` }
}

function failed ({ id, params }: RpcRequest, error: unknown, { log }: CallOptions): Reply {
  if (error instanceof RpcError) return { status: error.status, body: errorResponse(id, error) }
  log.error({ err: error, tool: params['name'] }, 'a tool failed')
  return { status: 200, body: errorResponse(id, new RpcError('internal', 'Internal error')) }
}

function checkBatch ({ batches, version }: Era, messages: readonly Message[]): void {
  if (!batches) throw invalid(`Revision ${version} takes one message at a time`)
  if (messages.some(({ method }) => method === 'initialize')) throw invalid('initialize must not be part of a batch')
}

function scopesOf (requests: readonly RpcRequest[], registry: Registry): readonly string[] {
  const scopes = requests.flatMap(({ method, params }) => method === 'tools/call' ? registry.get(params['name'])?.tool.scopes ?? [] : [])
  return scopes.length > 1 ? [...new Set(scopes)] : scopes
}

/** What a message says of its own revision, in `_meta`. */
function statedVersion (message: Message | undefined): unknown {
  const meta = message?.params?.['_meta']
  return isObject(meta) ? meta[META.version] : undefined
}

function invalid (message: string): RpcError {
  return new RpcError('invalidRequest', message, { status: 400 })
}
