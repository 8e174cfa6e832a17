import { Call } from '../calls/call.ts'
import { methodNotFound } from '../errors.ts'
import type { Era, Method } from '../exchange.ts'
import { runPermitted } from '../calls/limiter.ts'
import { argumentsFor, requireTool } from '../calls/named-tool.ts'
import { toolLister } from '../listing.ts'
import { META, type ServerInfo } from '../message.ts'
import type { LegacyOptions } from './legacy.ts'
import { checkParamHeaders, mustMatch, mustMatchEncoded } from './mirrored-headers.ts'
import type { Registry } from '../registry.ts'
import type { RequestState } from '../elicitation/request-state.ts'
import { Envelope, Prepared } from '../response.ts'
import { callTool, failure, isLarger, tooLarge, type Features, type Results } from '../results.ts'
import { checkCallParams, checkListParams, checkName, checkRequestParams } from '../schema/params.ts'

/** The newest revision. */
export const MODERN_VERSION = '2026-07-28'

// The tools change only with a new release of the server, so clients may keep the list for five minutes.
const CACHING = { ttlMs: 300_000, cacheScope: 'public' }
// This list depends on the scopes of the caller: after a step-up, a client must not show the old one.
const PERMITTED = { ttlMs: 0, cacheScope: 'private' }
const FEATURES: Features = { titles: true, outputSchemas: true, links: true, icons: true, anyData: true }
const NOTHING_GIVEN: ReturnType<RequestState['given']> = Object.freeze({ given: {}, isFirst: false })

/** Limits, lists and questions of revision 2026-07-28. */
export interface ModernOptions extends LegacyOptions {
  /** Keeps the answers to the questions of a tool from one request to the next. */
  readonly requestState: RequestState
}

/** Revision 2026-07-28: every request states its revision and the capabilities of its client. */
export function modernEra (registry: Registry, { instructions, ...serverInfo }: ServerInfo, supportedVersions: readonly string[], { requestState, limiter, outputLimit, listing, approvals }: ModernOptions): Era {
  const _meta = { [META.serverInfo]: serverInfo }
  const complete = (members: object): object => ({ resultType: 'complete', ...members, _meta })
  const caching = listing === 'all' ? CACHING : PERMITTED
  const list = toolLister(registry, FEATURES, listing, tools => complete({ tools, ...caching }))
  const discovered = new Prepared(complete({ supportedVersions, capabilities: { tools: {} }, ...(instructions && { instructions }), ...CACHING }))

  const results: Results = {
    features: FEATURES,
    complete,
    envelope: new Envelope(complete({})),
    outputLimit,
    inputRequired (missing, { declaration: { name } }, args, { caller, clientCapabilities, now }) {
      const asked = requestState.next({ caller, tool: name, args }, missing, clientCapabilities, now)
      if (isLarger(JSON.stringify(asked.inputRequests), outputLimit)) return complete(failure(tooLarge(outputLimit)))
      return { resultType: 'input_required', ...asked, _meta }
    }
  }

  const call: Method = (call, options) => {
    const params = checkCallParams(call.request.params)
    const tool = requireTool(call)
    const args = argumentsFor(call, tool, params)
    const { given, isFirst } = params.requestState === undefined && params.inputResponses === undefined
      ? NOTHING_GIVEN
      : requestState.given({ caller: options.caller, tool: tool.declaration.name, args }, params, options.now)
    // Only a state with a new answer makes the call free: otherwise a chain of states without answers would never count.
    return runPermitted(limiter.permit(options.caller, tool.declaration, isFirst ? params.requestState as string : undefined), () =>
      callTool(tool, args, new Call(options, params, call.clientCapabilities, given, approvals), results))
  }

  return {
    version: MODERN_VERSION,
    batches: false,
    responses: false,
    unknownMethod ({ request }) { throw methodNotFound(request.method, 404) },
    methods: new Map<string, Method>([
      ['server/discover', () => discovered],
      ['tools/list', ({ request }, { caller }) => checkListParams(request.params) && list(caller)],
      ['tools/call', call]
    ]),
    check (head, { method, params }, tool) {
      const { headers } = head
      const { _meta } = checkRequestParams(params)
      mustMatch(headers, 'mcp-protocol-version', MODERN_VERSION)
      mustMatch(headers, 'mcp-method', method)
      if (method === 'tools/call') mustMatchEncoded(headers, 'mcp-name', checkName(params).name)
      if (tool !== undefined) checkParamHeaders(head, tool.paramHeaders, params['arguments'])
      return _meta[META.clientCapabilities]
    }
  }
}
