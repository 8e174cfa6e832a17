import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Caller } from '../auth/caller.ts'
import type { InputRequest, InputRequired } from './ask.ts'
import { RpcError } from './errors.ts'
import { isObject } from './request.ts'
import type { Sealer } from './seal.ts'
import type { Tool } from './tool.ts'

type Bag = Readonly<Record<string, unknown>>

/** One of the requests that together make a call in which the client is asked (basic/patterns/mrtr). */
export interface Round {
  /** The answers so far: those that came with this request and those of earlier rounds. */
  readonly answers: Bag
  /** The members of an `InputRequiredResult`, as JSON text. @throws RpcError -32021 where the client cannot be asked */
  next (missing: InputRequired, clientCapabilities: Bag): string
}

export interface Rounds {
  /** @throws RpcError -32602 where `requestState` or `inputResponses` is not what we gave out or asked for */
  of (caller: Caller, tool: Tool, args: Bag, params: Bag, now: number): Round
}

/** What travels through the client, sealed: answers of earlier rounds and what was asked last. */
interface State {
  readonly answers: Bag
  readonly asked: Readonly<Record<string, Pick<InputRequest, 'method' | 'answer'>>>
  /** Milliseconds since 1970. */
  readonly until: number
}

// How long a user may take to answer.
const LIFETIME_MS = 10 * 60 * 1000
const CAPABILITY = { 'elicitation/create': 'elicitation', 'sampling/createMessage': 'sampling', 'roots/list': 'roots' } as const
const FIRST: Bag = Object.freeze({})

/** Keeps calls that ask in the client's hands: nothing is remembered here between two rounds. */
export function createRounds (sealer: Sealer): Rounds {
  return {
    of (caller, tool, args, params, now) {
      const { requestState, inputResponses } = params
      const binding = (): string => canonical([caller.issuer, caller.subject, caller.clientId, tool.name, args])
      const answers = requestState === undefined ? FIRST : earlier(requestState, inputResponses, binding(), now)

      return {
        answers,
        next ({ requests }, clientCapabilities) {
          requireCapabilities(requests, clientCapabilities)
          const state: State = { answers, asked: requests, until: now + LIFETIME_MS }
          const inputRequests = Object.fromEntries(Object.entries(requests).map(([key, { method, params }]) => [key, { method, params }]))
          return `"inputRequests":${JSON.stringify(inputRequests)},"requestState":${JSON.stringify(sealer.seal(JSON.stringify(state), binding()))}`
        }
      }
    }
  }

  function earlier (requestState: unknown, inputResponses: unknown, binding: string, now: number): Bag {
    const text = typeof requestState === 'string' ? sealer.open(requestState, binding) : undefined
    const state = text === undefined ? undefined : JSON.parse(text) as State
    if (state === undefined || now > state.until) throw new RpcError('invalidParams', 'requestState is not valid or has expired; call the tool anew')
    if (inputResponses !== undefined && !isObject(inputResponses)) throw new RpcError('invalidParams', 'inputResponses must be an object')
    return { ...state.answers, ...fitting(inputResponses ?? {}, state.asked) }
  }
}

// What was not asked for is ignored, and what does not fit is asked for again (mrtr, "Error Handling").
function fitting (responses: Bag, asked: State['asked']): Bag {
  return Object.fromEntries(Object.entries(asked)
    .filter(([key, { answer }]) => Object.hasOwn(responses, key) && fits(responses[key], answer))
    .map(([key]) => [key, responses[key]]))
}

function fits (response: unknown, schema: object): boolean {
  const ajv = new Ajv2020({ strict: false, addUsedSchema: false })
  formats.default(ajv)
  return ajv.validate(schema, response)
}

function requireCapabilities (requests: InputRequired['requests'], clientCapabilities: Bag): void {
  const needed = Object.values(requests).map(({ method }) => CAPABILITY[method])
  const lacking = needed.filter(capability => !isObject(clientCapabilities[capability]))
  if (lacking.length === 0) return
  throw new RpcError('missingCapability', `This needs a client that supports ${lacking.join(' and ')}`, {
    data: { requiredCapabilities: Object.fromEntries(lacking.map(capability => [capability, {}])) },
    status: 400
  })
}

/** JSON with members in a fixed order: the same arguments are the same text, however the client writes them. */
function canonical (value: unknown): string {
  return JSON.stringify(value, (_key, member) => isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => a < b ? -1 : 1)) : member)
}
