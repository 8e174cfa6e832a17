import type { TObject } from '@sinclair/typebox'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { isObject } from './request.ts'

const FIELD_TYPES = new Set<unknown>(['string', 'number', 'integer', 'boolean'])
const checks = new WeakMap<TObject, ValidateFunction>()

/**
 * What tells whether the content of a form is as its fields want it.
 * @throws Error where a field is of a kind that forms do not have (client/elicitation, "Requested Schema")
 */
export function formCheck (fields: TObject): (content: unknown) => boolean {
  const known = checks.get(fields)
  if (known !== undefined) return known

  for (const [name, field] of Object.entries(fields.properties)) {
    if (!isField(field)) throw new Error(`Form field ${name}: expected a string, number, boolean or choice`)
  }
  // One compiler for each form: a shared one would keep every form it ever saw.
  const ajv = new Ajv2020({ strict: false })
  formats.default(ajv)
  const check = ajv.compile(fields)
  checks.set(fields, check)
  return check
}

// Several choices are a list of strings out of given ones.
function isField (field: Readonly<Record<string, unknown>>): boolean {
  if (field['type'] !== 'array') return FIELD_TYPES.has(field['type'])
  return isObject(field['items']) && (Array.isArray(field['items']['enum']) || Array.isArray(field['items']['anyOf']))
}
