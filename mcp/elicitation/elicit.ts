import type { Static, TObject } from '@sinclair/typebox'
import { formOf } from './form.ts'
import { isObject, type Json } from '../message.ts'
import { questionOf } from './question.ts'
import { withoutHidden } from '../safe-text.ts'
import { questionForSecret } from './secret-field.ts'

/** The result of an elicitation (client/elicitation). */
export type Elicited<Content> =
  | { readonly action: 'accept', readonly content: Content }
  | { readonly action: 'decline' | 'cancel' }

declare const answerType: unique symbol

/** A request to the client, embedded in a result (basic/patterns/mrtr). `Answer` is the type of its answer. */
export interface InputRequest<Answer = unknown> {
  readonly method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list'
  readonly params: Json
  /** Whether a value is an answer to this request. */
  readonly fits: (answer: unknown) => boolean
  /** Whether an answer that the client sends before it is asked counts. */
  readonly unasked?: boolean
  readonly [answerType]?: Answer
}

/** Several requests, each under a key that the tool chooses. */
export type InputRequests = Readonly<Record<string, InputRequest>>
/** The answers, each under the key of its request. */
export type Answers<Requests> = { readonly [Key in keyof Requests]: Requests[Key] extends InputRequest<infer Answer> ? Answer : never }
/** Returns all answers, or throws if one is missing: see `Context`. */
export type Ask = <Requests extends InputRequests>(requests: Requests) => Answers<Requests>

/** Whether an answer counts before it is asked for. */
export interface ElicitOptions {
  /** Accepts an answer that the client sends before it is asked. Use it for information, never for consent. Default false. */
  readonly unasked?: boolean
}

/**
 * Asks the user to fill in a form.
 * @param message text that says what is asked; characters that people cannot see are removed
 * @param fields a flat object of strings, numbers, booleans and choices: clients can show nothing else. Make it once,
 *   not in each call.
 * @throws Error if a field is of a kind that forms do not have, or if the form asks for a secret
 */
export function elicit<Fields extends TObject> (message: string, fields: Fields, { unasked = false }: ElicitOptions = {}): InputRequest<Elicited<Static<Fields>>> {
  const form = formOf(fields)
  const question = questionOf(message)
  if (form.hasText && questionForSecret(question)) throw new Error('the question asks for a secret, which a form must not do, since the client and the model can read the answer: use elicitUrl')
  return {
    method: 'elicitation/create',
    params: { mode: 'form', message: question, requestedSchema: form.schema },
    unasked,
    fits: answer => isObject(answer) && (answer['action'] === 'accept' ? form.fits(answer['content']) : answer['action'] === 'decline' || answer['action'] === 'cancel')
  }
}

/**
 * Asks the client's model for a completion (client/sampling).
 * @deprecated since 2026-07-28. The protocol may remove it from 2027-07-28 on. Call the API of a model from the tool.
 */
export function sample (prompt: string, maxTokens: number): InputRequest<{ readonly role: string, readonly content: unknown, readonly model: string }> {
  return {
    method: 'sampling/createMessage',
    params: { messages: [{ role: 'user', content: { type: 'text', text: withoutHidden(prompt) } }], maxTokens },
    // One block of content, or a list of them (schema, `CreateMessageResult`).
    fits: answer => isObject(answer) && typeof answer['role'] === 'string' && [answer['content']].flat().every(isObject)
  }
}

/**
 * Asks for the client's root directories (client/roots).
 * @deprecated since 2026-07-28. The protocol may remove it from 2027-07-28 on. Take a path as an argument of the tool.
 */
export function roots (): InputRequest<{ readonly roots: ReadonlyArray<{ readonly uri: string, readonly name?: string }> }> {
  return {
    method: 'roots/list',
    params: {},
    fits: answer => isObject(answer) && Array.isArray(answer['roots']) && answer['roots'].every(root => isObject(root) && typeof root['uri'] === 'string')
  }
}
