import type { TObject } from '@sinclair/typebox'
import { isObject, type Json } from '../message.ts'
import { withoutHidden } from '../safe-text.ts'
import { secretFields } from './secret-field.ts'
import { checkSchema, createAjv } from '../schema/compile.ts'
import { publish } from '../schema/published.ts'
import { refuseHidden } from '../declaration/visible.ts'

/** The fields of a form, checked and compiled. */
export interface Form {
  /** `requestedSchema` (client/elicitation). */
  readonly schema: Json
  /** Whether the user can enter free text. */
  readonly hasText: boolean
  /** Whether a value fits the form. */
  readonly fits: (content: unknown) => boolean
}

const FIELD_TYPES = new Set<unknown>(['string', 'number', 'integer', 'boolean'])
// Some clients refuse a form with another format.
const FORMATS = new Set<unknown>([undefined, 'email', 'uri', 'date', 'date-time'])
/** Members of a schema that only people read. */
const WORDS = new Set(['title', 'description', 'enumNames'])
const forms = new WeakMap<TObject, Form>()

/**
 * The form of these fields, compiled once.
 * @throws Error for a field that forms do not have, that asks for a secret (client/elicitation), or whose name or value has
 *   a character that people cannot see
 */
export function formOf (fields: TObject): Form {
  const known = forms.get(fields)
  if (known !== undefined) return known
  if (!isObject(fields) || fields.type !== 'object') throw new TypeError('expected the fields of a form as one object: write elicit(message, Type.Object({ … }))')

  const { type, properties: written, required } = publish(fields, false)
  const properties = withoutHiddenWords(written as Json)
  const entries = Object.entries(properties as Readonly<Record<string, Json>>)
  for (const [name, field] of entries) {
    if (!isField(field)) throw new Error(`Form field ${name}: expected a string, number, boolean or choice`)
  }
  const [secret] = secretFields(properties)
  if (secret !== undefined) throw new Error(`Form field ${secret}: a form must not ask for a secret, since the client and the model can read the answer`)
  const other = entries.find(([, { format }]) => !FORMATS.has(format))
  if (other !== undefined) throw new Error(`Form field ${other[0]}: forms have no format ${JSON.stringify(other[1]['format'])}, only email, uri, date and date-time`)
  checkSchema(fields)
  const form: Form = {
    schema: { type, properties, ...(required !== undefined && { required }) },
    hasText: entries.some(([, field]) => field['type'] === 'string' && field['enum'] === undefined && field['oneOf'] === undefined),
    // One compiler for each form, since a shared one would keep every form it ever saw.
    fits: createAjv({ strict: false }).compile(fields)
  }
  forms.set(fields, form)
  return form
}

/**
 * Removes characters that people cannot see from titles and descriptions, which often come from data. A name or a value
 * must stay as it is, or the tool would not recognize it.
 * @throws Error that names a hidden character in a name or a value
 */
function withoutHiddenWords (properties: Json): Json {
  const clean = (value: unknown): unknown => typeof value === 'string' ? withoutHidden(value) : Array.isArray(value) ? value.map(clean) : value
  const cleaned: Json = JSON.parse(JSON.stringify(properties), (key, value: unknown) => WORDS.has(key) ? clean(value) : value)
  refuseHidden('form', cleaned)
  return cleaned
}

// A choice of several values is a list of strings.
function isField (field: Json): boolean {
  if (field['type'] !== 'array') return FIELD_TYPES.has(field['type'])
  return isObject(field['items']) && (Array.isArray(field['items']['enum']) || Array.isArray(field['items']['anyOf']))
}
