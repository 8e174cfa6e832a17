import type { InputRequest, InputRequests } from './ask.ts'
import { RpcError } from './errors.ts'
import { isObject } from './request.ts'

interface Capability {
  has (declared: Readonly<Record<string, unknown>>): boolean
  /** As `requiredCapabilities` names it. */
  readonly needed: Readonly<Record<string, object>>
}

const CAPABILITIES: Readonly<Record<InputRequest['method'], Capability>> = {
  // A client that names no mode of elicitation has forms (client/elicitation, "Capabilities").
  'elicitation/create': {
    has: ({ elicitation }) => isObject(elicitation) && (isObject(elicitation['form']) || !isObject(elicitation['url'])),
    needed: { elicitation: { form: {} } }
  },
  'sampling/createMessage': { has: ({ sampling }) => isObject(sampling), needed: { sampling: {} } },
  'roots/list': { has: ({ roots }) => isObject(roots), needed: { roots: {} } }
}

/**
 * Refuses to ask a client what it did not declare to be able to answer (2026-07-28 basic/index, "_meta").
 * @throws RpcError -32021, with everything that is lacking
 */
export function requireCapabilities (requests: InputRequests, declared: Readonly<Record<string, unknown>>): void {
  const lacking = Object.values(requests).map(({ method }) => CAPABILITIES[method]).filter(capability => !capability.has(declared))
  if (lacking.length === 0) return
  const requiredCapabilities: Capability['needed'] = Object.assign({}, ...lacking.map(({ needed }) => needed))
  throw new RpcError('missingCapability', `This needs a client that supports ${Object.keys(requiredCapabilities).join(' and ')}`, {
    data: { requiredCapabilities },
    status: 400
  })
}
