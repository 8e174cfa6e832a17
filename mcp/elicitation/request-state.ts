import { createHash } from 'node:crypto'
import type { Caller } from '../../auth/caller.ts'
import { requireCapabilities } from './capabilities.ts'
import type { Answers, InputRequest, InputRequests } from './elicit.ts'
import { boundLink } from './elicitation.ts'
import { RpcError } from '../errors.ts'
import type { Json } from '../message.ts'
import { canonicalJson } from '../schema/canonical.ts'
import { isFiniteJson, type CallParams } from '../schema/params.ts'
import type { Sealer } from './seal.ts'

/** The client's answers so far, each with the question that it answers. */
export type Given = Readonly<Record<string, { readonly question: string, readonly answer: unknown }>>

/** The call that a `requestState` is bound to. */
export interface BoundCall {
  readonly caller: Caller
  readonly tool: string
  readonly args: Json
}

/** Thrown by `ask` if answers are missing; ends this run of the handler. */
export class InputRequired extends Error {
  readonly requests: InputRequests
  readonly given: Given

  constructor (requests: InputRequests, given: Given) {
    super('input required')
    this.requests = requests
    this.given = given
  }
}

/** The state of calls that ask their user. The client keeps it (basic/patterns/mrtr). `now` is in milliseconds since 1970. */
export interface RequestState {
  /**
   * The answers so far, and whether this request is the first to answer one of the questions.
   * @throws RpcError -32602 if the state was not made here for this call
   */
  given (call: BoundCall, params: Pick<CallParams, 'requestState' | 'inputResponses'>, now: number): { readonly given: Given, readonly isFirst: boolean }
  /** The members of an `InputRequiredResult`. @throws RpcError -32021 if the client cannot be asked */
  next (call: BoundCall, missing: InputRequired, clientCapabilities: Json, now: number): { readonly inputRequests: object, readonly requestState: string }
}

/** The content of a `requestState`, before it is sealed. */
interface State {
  readonly given: Given
  /** The digests of the open questions, by key. */
  readonly asked: Readonly<Record<string, string>>
  /** When the state expires, in milliseconds since 1970. */
  readonly until: number
}

/** How long a user may take to answer. */
const LIFETIME_MS = 10 * 60 * 1000
/** No question has this digest. */
const UNASKED = ''

/** Makes the states of calls. @param sealer protects them; every process that serves the endpoint needs the same secret */
export function createRequestState (sealer: Sealer): RequestState {
  return {
    given (call, { requestState, inputResponses = {} }, now) {
      if (!isFiniteJson(inputResponses)) throw new RpcError('invalidParams', 'params.inputResponses must not hold a number beyond the range of a double')
      if (requestState === undefined) return { given: mapValues(inputResponses, answer => ({ question: UNASKED, answer })), isFirst: false }

      const text = typeof requestState === 'string' ? sealer.open(requestState, binding(call)) : undefined
      const state = text === undefined ? undefined : JSON.parse(text) as State
      if (state === undefined || now > state.until) throw new RpcError('invalidParams', 'params.requestState is not valid or has expired; call the tool anew')
      // An answer to a question that was not asked is ignored.
      const answered = Object.entries(state.asked).filter(([key]) => Object.hasOwn(inputResponses, key))
      const given = { ...state.given, ...Object.fromEntries(answered.map(([key, question]) => [key, { question, answer: inputResponses[key] }])) }
      return { given, isFirst: answered.some(([key]) => !Object.hasOwn(state.given, key)) }
    },

    next (call, { requests, given }, clientCapabilities, now) {
      requireCapabilities(requests, clientCapabilities)
      const until = now + LIFETIME_MS
      const state: State = { given, asked: mapValues(requests, digest), until }
      // The digest is that of the plain link, since each bound link differs.
      const bound = (params: Json): Json => params['mode'] === 'url' ? { ...params, url: boundLink(params['url'] as string, { ...call, until }, sealer) } : params
      return {
        inputRequests: mapValues(requests, ({ method, params }) => ({ method, params: bound(params) })),
        requestState: sealer.seal(JSON.stringify(state), binding(call))
      }
    }
  }
}

/** The answers to these requests. @throws InputRequired if one is missing */
export function answersTo<Requests extends InputRequests> (requests: Requests, given: Given): Answers<Requests> {
  const missing = Object.entries(requests).filter(([key, request]) => !isAnswered(given, key, request))
  if (missing.length > 0) throw new InputRequired(Object.fromEntries(missing), given)
  return Object.fromEntries(Object.keys(requests).map(key => [key, given[key]?.answer])) as Answers<Requests>
}

/**
 * Whether a request has its answer. An answer counts only for a question with the same text: a yes to "Delete three
 * files?" is no yes to "Delete five files?". An answer of the wrong form is asked for again.
 */
function isAnswered (given: Given, key: string, request: InputRequest): boolean {
  if (!Object.hasOwn(given, key)) return false
  const { question, answer } = given[key] as Given[string]
  return (question === digest(request) || (question === UNASKED && request.unasked === true)) && request.fits(answer)
}

function binding ({ caller: { issuer, subject, clientId, organization, actor, kind }, tool, args }: BoundCall): string {
  return canonicalJson([issuer, subject, clientId, organization?.id, actor, kind, tool, args])
}

function digest ({ method, params }: InputRequest): string {
  return createHash('sha256').update(canonicalJson([method, params])).digest('base64url')
}

function mapValues<Value, Mapped> (object: Readonly<Record<string, Value>>, map: (value: Value) => Mapped): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}
