import type { Static, TObject } from '@sinclair/typebox'
import type { ValidateFunction } from 'ajv'
import { isObject, type Json } from './message.ts'
import { secretFields } from './secret-field.ts'
import { checkSchema, createAjv } from './schema/compile.ts'

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
  /** Whether an answer counts that the client sends before it is asked. */
  readonly unasked?: boolean
  readonly [answerType]?: Answer
}

/** Several requests, each under a key that the tool chooses. */
export type InputRequests = Readonly<Record<string, InputRequest>>
/** The answers, each under the key of its request. */
export type Answers<Requests> = { readonly [Key in keyof Requests]: Requests[Key] extends InputRequest<infer Answer> ? Answer : never }
/** Gives all answers, or throws if one is missing: see `Context`. */
export type Ask = <Requests extends InputRequests>(requests: Requests) => Answers<Requests>

export interface ElicitOptions {
  /** Accepts an answer that the client sends before it is asked. Use it for information, never for consent. Default false. */
  readonly unasked?: boolean
}

/**
 * Asks the user to fill in a form.
 * @param fields a flat object of strings, numbers, booleans and choices: clients can show nothing else. A choice is
 *   `Type.Unsafe<'a' | 'b'>({ type: 'string', enum: ['a', 'b'] })`. Make it once, not in each call.
 * @throws Error if a field is of a kind that forms do not have, or asks for a secret
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

/**
 * Asks the client's model for a completion (client/sampling).
 * @deprecated since 2026-07-28. The protocol may remove it from 2027-07-28 on. Call the API of a model from the tool.
 */
export function sample (prompt: string, maxTokens: number): InputRequest<{ readonly role: string, readonly content: unknown, readonly model: string }> {
  return {
    method: 'sampling/createMessage',
    params: { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens },
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

const FIELD_TYPES = new Set<unknown>(['string', 'number', 'integer', 'boolean'])
const formChecks = new WeakMap<TObject, ValidateFunction>()

/** Checks the content of a form. @throws Error for a field that forms do not have (client/elicitation, "Requested Schema") */
function formCheck (fields: TObject): (content: unknown) => boolean {
  const known = formChecks.get(fields)
  if (known !== undefined) return known

  for (const [name, field] of Object.entries(fields.properties)) {
    if (!isField(field)) throw new Error(`Form field ${name}: expected a string, number, boolean or choice`)
  }
  const [secret] = secretFields(fields.properties)
  if (secret !== undefined) throw new Error(`Form field ${secret}: a form must not ask for a secret, since the client and the model can read the answer`)
  checkSchema(fields)
  // One compiler for each form, since a shared one would keep every form it ever saw.
  const check = createAjv({ strict: false }).compile(fields)
  formChecks.set(fields, check)
  return check
}

// A choice of several values is a list of strings.
function isField (field: Json): boolean {
  if (field['type'] !== 'array') return FIELD_TYPES.has(field['type'])
  return isObject(field['items']) && (Array.isArray(field['items']['enum']) || Array.isArray(field['items']['anyOf']))
}
