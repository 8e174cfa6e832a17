import { Call } from './call.ts'
import type { Era, Method } from './era.ts'
import { RpcError } from './errors.ts'
import { checkParamHeaders, mustMatch, mustMatchEncoded, type Headers } from './headers.ts'
import type { Registry } from './registry.ts'
import { argumentsOf, isObject, methodNotFound, noCursor, progressTokenOf } from './request.ts'
import type { Given, Rounds } from './rounds.ts'
import { META, type RpcRequest, type ServerInfo } from './schema.ts'
import type { Shape } from './shape.ts'
import { callTool, findTool, toolList, type Results } from './tools.ts'

export const MODERN_VERSION = '2026-07-28'

// The tools change only with a new release of the server; clients that look again after five minutes see it.
const CACHING = '"ttlMs":300000,"cacheScope":"public"'
const SHAPE: Shape = { titles: true, outputSchemas: true, links: true, icons: true, anyData: true }
const NOTHING_GIVEN: Given = Object.freeze({})

/** Revision 2026-07-28: every request says for itself what it speaks and what its client can do. */
export function modernEra (registry: Registry, serverInfo: ServerInfo, supportedVersions: readonly string[], rounds: Rounds): Era {
  const meta = `"_meta":${JSON.stringify({ [META.serverInfo]: serverInfo })}`
  const complete = (members: string): string => `{"resultType":"complete",${members},${meta}}`
  const list = Buffer.from(complete(`${toolList(registry, SHAPE)},${CACHING}`))
  const discovered = complete(`"supportedVersions":${JSON.stringify(supportedVersions)},"capabilities":{"tools":{}},${CACHING}`)

  const results: Results = {
    shape: SHAPE,
    complete,
    inputRequired (missing, { tool }, args, { caller, clientCapabilities, now }) {
      return `{"resultType":"input_required",${rounds.next({ caller, tool: tool.name, args }, missing, clientCapabilities, now)},${meta}}`
    }
  }

  const call: Method = ({ params }, options) => {
    const tool = findTool(registry, params)
    const args = argumentsOf(params)
    const given = params['requestState'] === undefined && params['inputResponses'] === undefined
      ? NOTHING_GIVEN
      : rounds.given({ caller: options.caller, tool: tool.tool.name, args }, params, options.now)
    return callTool(tool, args, new Call(options, { progressToken: progressTokenOf(params), clientCapabilities: capabilitiesOf(params), given }), results)
  }

  return {
    version: MODERN_VERSION,
    batches: false,
    responses: false,
    unknownMethod ({ method }) { throw methodNotFound(method, 404) },
    methods: new Map<string, Method>([
      ['server/discover', () => discovered],
      ['tools/list', ({ params }) => noCursor(params, list)],
      ['tools/call', call]
    ]),
    check (headers, request) {
      checkMeta(request)
      mustMatch(headers, 'mcp-protocol-version', MODERN_VERSION)
      mustMatch(headers, 'mcp-method', request.method)
      if (request.method === 'tools/call') checkCall(headers, request, registry)
    }
  }
}

function checkCall (headers: Headers, { params }: RpcRequest, registry: Registry): void {
  const name = params['name']
  if (typeof name !== 'string') throw malformed('params.name must be a string')
  mustMatchEncoded(headers, 'mcp-name', name)
  const mirrored = registry.get(name)?.paramHeaders
  if (mirrored !== undefined) checkParamHeaders(headers, mirrored, params['arguments'])
}

// Basic/index, "_meta": both fields are owed by every request.
function checkMeta ({ params }: RpcRequest): void {
  const meta = params['_meta']
  if (!isObject(meta)) throw malformed('params._meta must be an object')
  if (typeof meta[META.version] !== 'string') throw malformed(`params._meta["${META.version}"] must be a string`)
  if (!isObject(meta[META.clientCapabilities])) throw malformed(`params._meta["${META.clientCapabilities}"] must be an object`)
}

function malformed (message: string): RpcError {
  return new RpcError('invalidParams', message, { status: 400 })
}

// Checked by then: see `checkMeta`.
function capabilitiesOf ({ _meta }: RpcRequest['params']): Readonly<Record<string, unknown>> {
  return (_meta as Record<string, Readonly<Record<string, unknown>>>)[META.clientCapabilities] as Readonly<Record<string, unknown>>
}
