import type { InputRequest, InputRequests } from './elicit.ts'
import { RpcError } from '../errors.ts'
import { isObject, type Json } from '../message.ts'

/** A capability that a client must declare to be asked, and its name in `requiredCapabilities`. */
interface Capability {
  readonly has: (declared: Json) => boolean
  readonly name: string
  readonly modes: Json
  readonly title: string
}

const FORM: Capability = {
  // A client that names no mode of elicitation has forms (client/elicitation, "Capabilities").
  has: ({ elicitation }) => isObject(elicitation) && (isObject(elicitation['form']) || !isObject(elicitation['url'])),
  name: 'elicitation',
  modes: { form: {} },
  title: 'elicitation'
}
const LINK: Capability = {
  has: ({ elicitation }) => isObject(elicitation) && isObject(elicitation['url']),
  name: 'elicitation',
  modes: { url: {} },
  title: 'elicitation by URL'
}
const SAMPLING: Capability = { has: ({ sampling }) => isObject(sampling), name: 'sampling', modes: {}, title: 'sampling' }
const ROOTS: Capability = { has: ({ roots }) => isObject(roots), name: 'roots', modes: {}, title: 'roots' }

/**
 * Refuses to ask a client for something that it did not declare (2026-07-28 basic/index, "_meta").
 * @throws RpcError -32021 that names every missing capability
 */
export function requireCapabilities (requests: InputRequests, declared: Json): void {
  const lacking = [...new Set(Object.values(requests).map(capabilityFor))].filter(({ has }) => !has(declared))
  if (lacking.length === 0) return
  const requiredCapabilities: Record<string, Json> = {}
  for (const { name, modes } of lacking) requiredCapabilities[name] = { ...requiredCapabilities[name], ...modes }
  throw new RpcError('missingCapability', `This needs a client that supports ${lacking.map(({ title }) => title).join(' and ')}`, {
    data: { requiredCapabilities },
    status: 400
  })
}

function capabilityFor ({ method, params }: InputRequest): Capability {
  switch (method) {
    case 'elicitation/create': return params['mode'] === 'url' ? LINK : FORM
    case 'sampling/createMessage': return SAMPLING
    case 'roots/list': return ROOTS
  }
}
