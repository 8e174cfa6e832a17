import { Call } from './call.ts'
import type { Era, Method } from './era.ts'
import type { Registry } from './registry.ts'
import { argumentsOf, methodNotFound, noCursor, progressTokenOf } from './request.ts'
import type { ServerInfo } from './schema.ts'
import type { Shape } from './shape.ts'
import { callTool, failure, findTool, toolList, type Results } from './tools.ts'

/** The revisions that open with `initialize`, newest first. */
export const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26'] as const
export type LegacyVersion = typeof LEGACY_VERSIONS[number]

/** What a client speaks that sends no `MCP-Protocol-Version` (2025-11-25 basic/transports). */
export const ASSUMED_VERSION = '2025-03-26'

const NONE = Object.freeze({})

/**
 * A revision of the `initialize` kind, without sessions: nothing is kept between requests, so that any process can
 * serve any of them. Nothing can be resumed either; a client that closes the connection has cancelled what it asked.
 */
export function legacyEra (version: LegacyVersion, registry: Registry, serverInfo: ServerInfo): Era {
  const shape = shapeOf(version)
  const list = Buffer.from(`{${toolList(registry, shape)}}`)
  const initialized = initializeResult(version, shape, serverInfo)
  const results: Results = { shape, complete, inputRequired: cannotAsk }

  const call: Method = ({ params }, options) => {
    const tool = findTool(registry, params)
    const args = argumentsOf(params)
    return callTool(tool, args, new Call(options, { progressToken: progressTokenOf(params), clientCapabilities: NONE, given: NONE }), results)
  }

  return {
    version,
    batches: version === '2025-03-26',
    responses: true,
    unknownMethod ({ method }) { throw methodNotFound(method, 200) },
    check () {},
    methods: new Map<string, Method>([
      ['initialize', () => initialized],
      ['ping', () => '{}'],
      ['tools/list', ({ params }) => noCursor(params, list)],
      ['tools/call', call]
    ])
  }
}

function shapeOf (version: LegacyVersion): Shape {
  const since = (first: LegacyVersion): boolean => version >= first
  return { titles: since('2025-06-18'), outputSchemas: since('2025-06-18'), links: since('2025-06-18'), icons: since('2025-11-25'), anyData: false }
}

function initializeResult (protocolVersion: LegacyVersion, { titles }: Shape, { name, title, version }: ServerInfo): string {
  return JSON.stringify({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name, ...(titles && { title }), version } })
}

function complete (members: string): string {
  return `{${members}}`
}

// These revisions ask on a stream that belongs to a session, and there are none here.
function cannotAsk (): string {
  return complete(failure('This tool has to ask the user something, which needs a client that speaks MCP 2026-07-28.'))
}
