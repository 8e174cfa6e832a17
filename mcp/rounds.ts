import { createHash } from 'node:crypto'
import type { Caller } from '../auth/caller.ts'
import type { InputRequest, InputRequests } from './ask.ts'
import { requireCapabilities } from './capabilities.ts'
import { RpcError } from './errors.ts'
import { isObject } from './request.ts'
import type { Sealer } from './seal.ts'

type Json = Readonly<Record<string, unknown>>

/** What the client gave so far, each answer with the question that it is an answer to. */
export type Given = Readonly<Record<string, { readonly question: string, readonly answer: unknown }>>

/** What `requestState` is good for: this caller, this tool, these arguments. */
export interface Origin {
  readonly caller: Caller
  readonly tool: string
  readonly args: Json
}

/** Thrown by `ask` where answers are missing; ends this run of the handler. */
export class InputRequired extends Error {
  readonly requests: InputRequests
  readonly given: Given

  constructor (requests: InputRequests, given: Given) {
    super('input required')
    this.requests = requests
    this.given = given
  }
}

/** Keeps calls that ask in the client's hands: nothing is remembered here between two rounds (basic/patterns/mrtr). */
export interface Rounds {
  /**
   * The answers that came with this request and before.
   * @throws RpcError -32602 where the state is not one that we gave out for this
   */
  given (origin: Origin, params: Json, now: number): Given
  /** The members of an `InputRequiredResult`, as JSON text. @throws RpcError -32021 where the client cannot be asked */
  next (origin: Origin, missing: InputRequired, clientCapabilities: Json, now: number): string
}

/** What travels through the client, sealed. */
interface State {
  readonly given: Given
  /** The questions that are open, by key. */
  readonly asked: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  readonly until: number
}

// How long a user may take to answer.
const LIFETIME_MS = 10 * 60 * 1000
// No question has this digest.
const UNASKED = ''

/** Rounds whose state expires ten minutes after the question. */
export function createRounds (sealer: Sealer): Rounds {
  return {
    given (origin, { requestState, inputResponses = {} }, now) {
      if (!isObject(inputResponses)) throw new RpcError('invalidParams', 'params.inputResponses must be an object')
      if (requestState === undefined) return mapValues(inputResponses, answer => ({ question: UNASKED, answer }))

      const text = typeof requestState === 'string' ? sealer.open(requestState, binding(origin)) : undefined
      const state = text === undefined ? undefined : JSON.parse(text) as State
      if (state === undefined || now > state.until) throw new RpcError('invalidParams', 'params.requestState is not valid or has expired; call the tool anew')

      // What was not asked for is ignored.
      const answered = Object.entries(state.asked).filter(([key]) => Object.hasOwn(inputResponses, key))
      return { ...state.given, ...Object.fromEntries(answered.map(([key, question]) => [key, { question, answer: inputResponses[key] }])) }
    },

    next (origin, { requests, given }, clientCapabilities, now) {
      requireCapabilities(requests, clientCapabilities)
      const state: State = { given, asked: mapValues(requests, digest), until: now + LIFETIME_MS }
      const inputRequests = mapValues(requests, ({ method, params }) => ({ method, params }))
      return `"inputRequests":${JSON.stringify(inputRequests)},"requestState":"${sealer.seal(JSON.stringify(state), binding(origin))}"`
    }
  }
}

/**
 * Whether a request has its answer. A yes to "Delete three files?" is none to "Delete five files?": an answer counts
 * only for the question as it was put, and what does not fit is asked for again.
 */
export function isAnswered (given: Given, key: string, request: InputRequest): boolean {
  if (!Object.hasOwn(given, key)) return false
  const { question, answer } = given[key] as Given[string]
  return (question === digest(request) || (question === UNASKED && request.unasked === true)) && request.fits(answer)
}

function binding ({ caller: { issuer, subject, clientId }, tool, args }: Origin): string {
  return canonical([issuer, subject, clientId, tool, args])
}

function digest ({ method, params }: InputRequest): string {
  return createHash('sha256').update(canonical([method, params])).digest('base64url')
}

/** JSON with members in a fixed order: the same arguments are the same text, however the client writes them. */
function canonical (value: unknown): string {
  return JSON.stringify(value, (_key, member) => isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => a < b ? -1 : 1)) : member)
}

function mapValues<Value, Mapped> (object: Readonly<Record<string, Value>>, map: (value: Value) => Mapped): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}
