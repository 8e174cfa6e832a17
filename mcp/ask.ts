import type { Static, TSchema } from '@sinclair/typebox'

/** The result of an elicitation (client/elicitation). */
export type Elicited<Content> =
  | { readonly action: 'accept', readonly content: Content }
  | { readonly action: 'decline' | 'cancel' }

declare const answerType: unique symbol

/** A request to the client, embedded in a result (basic/patterns/mrtr). `Answer` is what comes back. */
export interface InputRequest<Answer = unknown> {
  readonly method: 'elicitation/create' | 'sampling/createMessage' | 'roots/list'
  readonly params: Readonly<Record<string, unknown>>
  /** JSON Schema of what is accepted as an answer. */
  readonly answer: object
  readonly [answerType]?: Answer
}

export type Answers<Requests> = { readonly [Key in keyof Requests]: Requests[Key] extends InputRequest<infer Answer> ? Answer : never }

/** Asks the user to fill in a form. `fields` is a flat object of strings, numbers and booleans. */
export function elicit<Fields extends TSchema> (message: string, fields: Fields): InputRequest<Elicited<Static<Fields>>> {
  return {
    method: 'elicitation/create',
    params: { mode: 'form', message, requestedSchema: fields },
    answer: {
      oneOf: [
        { type: 'object', required: ['action', 'content'], properties: { action: { const: 'accept' }, content: fields } },
        { type: 'object', required: ['action'], properties: { action: { enum: ['decline', 'cancel'] } } }
      ]
    }
  }
}

/** Asks the client's model for a completion (client/sampling; deprecated in 2026-07-28, still in it). */
export function sample (prompt: string, maxTokens: number): InputRequest<{ readonly role: string, readonly content: unknown, readonly model: string }> {
  return {
    method: 'sampling/createMessage',
    params: { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens },
    answer: { type: 'object', required: ['role', 'content'] }
  }
}

/** Asks for the client's root directories (client/roots; deprecated in 2026-07-28, still in it). */
export function roots (): InputRequest<{ readonly roots: ReadonlyArray<{ readonly uri: string, readonly name?: string }> }> {
  return {
    method: 'roots/list',
    params: {},
    answer: { type: 'object', required: ['roots'], properties: { roots: { type: 'array', items: { type: 'object', required: ['uri'] } } } }
  }
}

export type Ask = <Requests extends Readonly<Record<string, InputRequest>>>(requests: Requests) => Answers<Requests>

/** Thrown by `ask` where answers are missing; ends this run of the handler. */
export class InputRequired extends Error {
  readonly requests: Readonly<Record<string, InputRequest>>

  constructor (requests: Readonly<Record<string, InputRequest>>) {
    super('input required')
    this.requests = requests
  }
}
