import { Call } from '../calls/call.ts'
import type { Approvals } from '../elicitation/confirm.ts'
import { methodNotFound } from '../errors.ts'
import type { Era, Method } from '../exchange.ts'
import { runPermitted, type Limiter } from '../calls/limiter.ts'
import { argumentsFor, requireTool } from '../calls/named-tool.ts'
import { toolLister, type Listing } from '../listing.ts'
import type { ServerInfo } from '../message.ts'
import type { Registry } from '../registry.ts'
import { Envelope, Prepared } from '../response.ts'
import { callTool, failure, type Features, type Results } from '../results.ts'
import { checkCallParams, checkListParams } from '../schema/params.ts'

/** The revisions that open with `initialize`, newest first. */
export const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26'] as const
/** One of LEGACY_VERSIONS. */
export type LegacyVersion = typeof LEGACY_VERSIONS[number]

/** The revision of a request without `MCP-Protocol-Version` (2025-11-25 basic/transports). */
export const ASSUMED_VERSION = '2025-03-26'

/** Limits and lists of a revision with `initialize`. */
export interface LegacyOptions {
  readonly limiter: Limiter
  /** Bytes of JSON that a tool may give. */
  readonly outputLimit: number
  readonly listing: Listing
  readonly approvals: Approvals
}

const NONE = Object.freeze({})

/**
 * A revision that opens with `initialize`, without sessions: nothing is kept between requests, so any process can
 * serve any of them. A client cancels a call by closing its connection; `notifications/cancelled` names a request of
 * a session, so it has no effect here.
 */
export function legacyEra (version: LegacyVersion, registry: Registry, serverInfo: ServerInfo, { limiter, outputLimit, listing, approvals }: LegacyOptions): Era {
  const features = featuresOf(version)
  const list = toolLister(registry, features, listing, tools => ({ tools }))
  const initialized = new Prepared(initializeResult(version, features, serverInfo))
  const results: Results = { features, complete: members => members, envelope: new Envelope({}), outputLimit, inputRequired: cannotAsk }

  const call: Method = (call, options) => {
    const params = checkCallParams(call.request.params)
    const tool = requireTool(call)
    const args = argumentsFor(call, tool, params)
    return runPermitted(limiter.permit(options.caller, tool.declaration), () =>
      callTool(tool, args, new Call(options, params, call.clientCapabilities, NONE, approvals), results))
  }

  return {
    version,
    batches: version === '2025-03-26',
    responses: true,
    unknownMethod ({ request }) { throw methodNotFound(request.method, 200) },
    check: () => NONE,
    methods: new Map<string, Method>([
      ['initialize', () => initialized],
      ['ping', () => NONE],
      ['tools/list', ({ request }, { caller }) => checkListParams(request.params) && list(caller)],
      ['tools/call', call]
    ])
  }
}

function featuresOf (version: LegacyVersion): Features {
  const since = (first: LegacyVersion): boolean => version >= first
  return { titles: since('2025-06-18'), outputSchemas: since('2025-06-18'), links: since('2025-06-18'), icons: since('2025-11-25'), anyData: false }
}

function initializeResult (protocolVersion: LegacyVersion, { titles }: Features, { name, title, version, instructions }: ServerInfo): object {
  return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name, ...(titles && { title }), version }, ...(instructions && { instructions }) }
}

// These revisions ask on a stream that belongs to a session, and this server has no sessions.
function cannotAsk (): object {
  return failure('This tool has to ask the user something, which needs a client that speaks MCP 2026-07-28.')
}
