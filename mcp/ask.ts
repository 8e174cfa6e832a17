import type { Static, TObject } from '@sinclair/typebox'
import { formCheck } from './form.ts'
import { isObject } from './request.ts'

/** The result of an elicitation (client/elicitation). */
export type Elicited<Content> =
  | { readonly action: 'accept', readonly content: Content }
  | { readonly action: 'decline' | 'cancel' }

declare const answerType: unique symbol

/** A request to the client, embedded in a result (basic/patterns/mrtr). `Answer` is what comes back. */
export interface InputRequest<Answer = unknown> {
  readonly method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list'
  readonly params: Readonly<Record<string, unknown>>
  /** Whether this is an answer to it. */
  readonly fits: (answer: unknown) => boolean
  /** Whether an answer counts that nobody asked for. */
  readonly unasked?: boolean
  readonly [answerType]?: Answer
}

/** Several of them, each under a key of the tool's choosing. */
export type InputRequests = Readonly<Record<string, InputRequest>>
/** What comes back: under each key, an answer of the kind that its request asks for. */
export type Answers<Requests> = { readonly [Key in keyof Requests]: Requests[Key] extends InputRequest<infer Answer> ? Answer : never }
/** Gives all answers, or throws where one is missing: see `Context`. */
export type Ask = <Requests extends InputRequests>(requests: Requests) => Answers<Requests>

export interface ElicitOptions {
  /** Takes the answer also from a client that brings it along unasked: for mere information, never for consent. */
  readonly unasked?: boolean
}

/**
 * Asks the user to fill in a form.
 * @param fields a flat object of strings, numbers, booleans and choices, which is all that clients can show. A choice
 *   is `Type.Unsafe<'a' | 'b'>({ type: 'string', enum: ['a', 'b'] })`. Better made once than with each call.
 * @throws Error where clients could not show it
 */
export function elicit<Fields extends TObject> (message: string, fields: Fields, { unasked = false }: ElicitOptions = {}): InputRequest<Elicited<Static<Fields>>> {
  const fitsForm = formCheck(fields)
  const { type, properties, required } = fields
  return {
    method: 'elicitation/create',
    params: { mode: 'form', message, requestedSchema: { type, properties, required } },
    unasked,
    fits: answer => isObject(answer) && (answer['action'] === 'accept' ? fitsForm(answer['content']) : answer['action'] === 'decline' || answer['action'] === 'cancel')
  }
}

/** Asks the client's model for a completion (client/sampling; deprecated in 2026-07-28, still in it). */
export function sample (prompt: string, maxTokens: number): InputRequest<{ readonly role: string, readonly content: unknown, readonly model: string }> {
  return {
    method: 'sampling/createMessage',
    params: { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens },
    fits: answer => isObject(answer) && typeof answer['role'] === 'string' && typeof answer['content'] === 'object'
  }
}

/** Asks for the client's root directories (client/roots; deprecated in 2026-07-28, still in it). */
export function roots (): InputRequest<{ readonly roots: ReadonlyArray<{ readonly uri: string, readonly name?: string }> }> {
  return {
    method: 'roots/list',
    params: {},
    fits: answer => isObject(answer) && Array.isArray(answer['roots']) && answer['roots'].every(root => isObject(root) && typeof root['uri'] === 'string')
  }
}
