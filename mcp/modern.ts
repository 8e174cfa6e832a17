import { Call, argumentsOf } from './call.ts'
import { fixed, type Era, type Method } from './era.ts'
import { RpcError } from './errors.ts'
import { checkParamHeaders, mustMatch, mustMatchEncoded } from './headers.ts'
import type { Registry } from './registry.ts'
import { isObject, noCursor, progressTokenOf } from './request.ts'
import type { Rounds } from './rounds.ts'
import { META, type RpcRequest, type ServerInfo } from './schema.ts'
import { callTool, findTool, toolList } from './tools.ts'

export const MODERN_VERSION = '2026-07-28'

// The tools change only with a new release of the server; clients that look again after five minutes see it.
const CACHING = '"ttlMs":300000,"cacheScope":"public"'

/** Revision 2026-07-28: every request says for itself what it speaks and what its client can do. */
export function modernEra (registry: Registry, serverInfo: ServerInfo, supportedVersions: readonly string[], rounds: Rounds): Era {
  const meta = `"_meta":${JSON.stringify({ [META.serverInfo]: serverInfo })}`
  const complete = (members: string): string => `{"resultType":"complete",${members},${meta}}`
  const list = complete(`${toolList(registry, false)},${CACHING}`)
  const discovered = JSON.stringify({ supportedVersions, capabilities: { tools: {} } }).slice(1, -1)

  const call: Method = (request, options) => {
    const { params } = request
    const registered = findTool(registry, params)
    const args = argumentsOf(params)
    const clientCapabilities = capabilitiesOf(params)
    const round = rounds.of(options.caller, registered.tool, args, params, options.now)
    const run = new Call(options, { progressToken: progressTokenOf(params), clientCapabilities, answers: round.answers })

    let interim = false
    const result = callTool(registered, args, run, false, missing => {
      interim = true
      return round.next(missing, clientCapabilities)
    })
    const seal = (members: string): string => interim ? `{"resultType":"input_required",${members},${meta}}` : complete(members)
    return typeof result === 'string' ? seal(result) : result.then(seal)
  }

  return {
    version: MODERN_VERSION,
    batches: false,
    responses: false,
    unknownMethodStatus: 404,
    methods: new Map<string, Method>([
      ['server/discover', fixed(complete(`${discovered},${CACHING}`))],
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

function checkCall (headers: Parameters<Era['check']>[0], { params }: RpcRequest, registry: Registry): void {
  const name = params['name']
  if (typeof name !== 'string') throw malformed('params.name must be a string')
  mustMatchEncoded(headers, 'mcp-name', name)
  checkParamHeaders(headers, registry.get(name)?.paramHeaders ?? [], params['arguments'])
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

function capabilitiesOf (params: RpcRequest['params']): Readonly<Record<string, unknown>> {
  return (params['_meta'] as Record<string, Readonly<Record<string, unknown>>>)[META.clientCapabilities] ?? {}
}
