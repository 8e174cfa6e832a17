import { Call, argumentsOf } from './call.ts'
import { fixed, type Era, type Method } from './era.ts'
import type { Registry } from './registry.ts'
import type { ServerInfo } from './schema.ts'
import { callTool, failure, findTool, toolList } from './tools.ts'
import { noCursor, progressTokenOf } from './request.ts'

/** The revisions that open with `initialize`, newest first. */
export const LEGACY_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26'] as const
export type LegacyVersion = typeof LEGACY_VERSIONS[number]

/** What a client speaks that sends no `MCP-Protocol-Version` (2025-11-25 basic/transports). */
export const ASSUMED_VERSION = '2025-03-26'

/**
 * A revision of the `initialize` kind, without sessions: nothing is kept between requests, so that any process can
 * serve any of them.
 */
export function legacyEra (version: LegacyVersion, registry: Registry, serverInfo: ServerInfo): Era {
  const list = `{${toolList(registry, true)}}`

  const call: Method = ({ params }, options) => {
    const run = new Call(options, { progressToken: progressTokenOf(params) })
    const result = callTool(findTool(registry, params), argumentsOf(params), run, true, cannotAsk)
    return typeof result === 'string' ? `{${result}}` : result.then(members => `{${members}}`)
  }

  return {
    version,
    batches: version === '2025-03-26',
    responses: true,
    unknownMethodStatus: 200,
    check () {},
    methods: new Map<string, Method>([
      ['initialize', fixed(initializeResult(version, serverInfo))],
      ['ping', fixed('{}')],
      ['tools/list', ({ params }) => noCursor(params, list)],
      ['tools/call', call]
    ])
  }
}

function initializeResult (protocolVersion: LegacyVersion, { name, title, version }: ServerInfo): string {
  const serverInfo = protocolVersion >= '2025-06-18' ? { name, title, version } : { name, version }
  return JSON.stringify({ protocolVersion, capabilities: { tools: {} }, serverInfo })
}

// These revisions ask on a stream that belongs to a session, and there are none here.
function cannotAsk (): string {
  return failure('This tool has to ask the user something, which needs a client that speaks MCP 2026-07-28.')
}
