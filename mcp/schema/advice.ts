import type { Json } from '../message.ts'
import { resolve, walk } from './walk.ts'

const JSON_TYPES = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])
const DIALECT = /^https:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/

/** Replacements for the types of TypeBox that JSON does not have. */
const INSTEAD: Readonly<Record<string, string>> = {
  Date: "Type.String({ format: 'date-time' })",
  bigint: 'Type.Integer() or Type.String()',
  undefined: 'Type.Optional(…) around the property',
  void: 'Type.Null()',
  Uint8Array: "Type.String({ contentEncoding: 'base64' })",
  RegExp: 'Type.String({ pattern: … })'
}

/**
 * Refuses a schema that cannot work, in the words of TypeBox and not of JSON Schema.
 * @throws Error that says what to write instead
 */
export function refuseUnusable (root: Json): void {
  walk(root, (schema, pointer) => {
    const { $schema, $ref, type, items } = schema
    const here = pointer === '' ? '' : ` at ${pointer}`
    if ($schema !== undefined && !DIALECT.test(String($schema))) throw new Error(`expected JSON Schema 2020-12${here}, found $schema ${JSON.stringify($schema)}; remove it, or convert the schema`)
    if (Object.getOwnPropertySymbols(schema).some(symbol => symbol.description === 'TypeBox.Transform')) throw new Error(`Type.Transform${here} does not run here; convert the value in the handler`)
    if (Array.isArray(items)) throw new Error(`Type.Tuple${here} is not JSON Schema 2020-12; write Type.Array, or Type.Object with a name for each member`)
    for (const name of type === undefined ? [] : [type].flat()) {
      if (!JSON_TYPES.has(name)) throw new Error(`type ${JSON.stringify(name)}${here} does not exist in JSON; write ${INSTEAD[String(name)] ?? 'a type that JSON has'}`)
    }
    if (typeof $ref === 'string' && !/^https?:/.test($ref) && resolve($ref, root) === undefined) throw new Error(`$ref ${JSON.stringify($ref)}${here} leads to no place in this schema; write the schema itself there, in place of Type.Ref`)
  })
}

/** A sentence for each keyword of an input schema that model providers drop or refuse. */
export function adviceOn (root: Json): string[] {
  const advice = new Set<string>()
  const { $ref } = root
  if ($ref !== undefined) advice.add('"$ref" at the top of the input schema: many model providers refuse it; write the object itself')
  for (const keyword of ['anyOf', 'oneOf', 'allOf', 'not', 'if', 'enum']) {
    if (keyword in root) advice.add(`"${keyword}" at the top of the input schema: many model providers refuse or drop it; write one Type.Object${keyword === 'allOf' ? ' (Type.Composite joins several)' : ', with the alternatives in a property'}`)
  }
  walk(root, (schema, pointer) => {
    const { $id, $ref } = schema
    if (typeof $ref === 'string' && ($id !== undefined || !$ref.startsWith('#'))) advice.add('"$ref" to an "$id": many clients cannot follow it; use "$defs" and "#/$defs/…", or write the schema in place')
    for (const keyword of ['allOf', 'not', 'if', 'prefixItems', 'patternProperties', 'dependentSchemas', 'dependentRequired']) {
      if (keyword in schema && pointer !== '') advice.add(`"${keyword}" at ${pointer}: some model providers drop it; check the value in the handler, too, and say the rule in the description`)
    }
  })
  return [...advice]
}

/** Every keyword of a schema that begins with `x-`. */
export function extensionsOf (root: Json): string[] {
  const names = new Set<string>()
  walk(root, schema => Object.keys(schema).filter(key => key.startsWith('x-')).forEach(key => names.add(key)))
  return [...names]
}
