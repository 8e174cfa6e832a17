import { isObject, type Json } from '../message.ts'
import { mapSubschemas, walk } from './walk.ts'

/**
 * A schema as clients see it. Adapters of model providers drop `anyOf` of constants and of null, so a choice becomes
 * `enum` and a nullable schema becomes `type: [..., "null"]`. Both accept the same values as before.
 * @param hasDefaults whether defaults are applied to values of this schema, so that a property with a default need not be sent
 */
export function publish (schema: Json, hasDefaults: boolean): Json {
  // A reference into a union would point nowhere.
  let pointsIntoUnion = false
  walk(schema, ({ $ref }) => { if (typeof $ref === 'string' && /\/(?:anyOf|oneOf)\//.test($ref)) pointsIntoUnion = true })

  const rewrite = (schema: Json): Json => {
    const copy = mapSubschemas(schema, rewrite)
    const loose = hasDefaults ? withoutDefaulted(copy) : copy
    return pointsIntoUnion ? loose : simplify(simplify(loose, 'anyOf'), 'oneOf')
  }
  return rewrite(schema)
}

/** Keywords that describe a value and allow or forbid nothing. */
export const ANNOTATION = /^(?:title|description|default|examples?|deprecated|readOnly|writeOnly|\$comment|x-.*)$/
// These keywords allow and forbid nothing about null.
const TYPED = /^(?:type|properties|required|(?:additional|pattern|min|max)Properties|propertyNames|dependentRequired|items|prefixItems|(?:min|max)Items|uniqueItems|contains|(?:min|max)Contains|(?:min|max)Length|pattern|format|content.*|minimum|maximum|exclusive.*|multipleOf)$/

function withoutDefaulted (schema: Json): Json {
  const { required, properties, ...rest } = schema
  if (!Array.isArray(required) || !isObject(properties)) return schema
  const left = required.filter(name => !isObject(properties[name]) || !('default' in properties[name]))
  return { ...rest, properties, ...(left.length > 0 && { required: left }) }
}

function simplify (schema: Json, keyword: 'anyOf' | 'oneOf'): Json {
  const { [keyword]: union, ...rest } = schema
  if (!Array.isArray(union) || !union.every(isObject) || !Object.keys(rest).every(key => ANNOTATION.test(key))) return schema
  const values = union.map(literals)
  const others = union.filter((_branch, i) => values[i] === undefined)
  const choices = values.flatMap(value => value ?? [])
  // With `oneOf`, a value that stands twice is not allowed.
  if (new Set(choices).size !== choices.length && keyword === 'oneOf') return schema

  if (others.length === 0) return { ...choice([...new Set(choices)]), ...rest, ...described(union, rest) }
  const [other] = others
  if (others.length > 1 || choices.length !== 1 || choices[0] !== null || other === undefined || !isTyped(other)) return schema
  return { ...other, type: [...new Set([other['type'], 'null'].flat())], ...rest }
}

/** The values that a branch allows, if it allows nothing else. */
function literals (branch: Json): readonly unknown[] | undefined {
  if (!Object.keys(branch).every(key => /^(?:const|enum|type)$/.test(key) || ANNOTATION.test(key))) return undefined
  const { const: constant, enum: values, type } = branch
  const found = 'const' in branch ? [constant] : Array.isArray(values) ? values : type === 'null' ? [null] : undefined
  return found?.every(value => typeof value !== 'object' || value === null) ? found : undefined
}

function choice (values: readonly unknown[]): Json {
  const types = [...new Set(values.map(value => value === null ? 'null' : typeof value))]
  if (types.length === 1 && types[0] === 'null') return { type: 'null' }
  return { type: types.length === 1 ? types[0] : types, enum: values }
}

/** Keeps the descriptions of the choices. */
function described (union: readonly Json[], { description }: Json): Json {
  const lines = union.flatMap(branch => {
    const said = branch['description'] ?? branch['title']
    return typeof said === 'string' ? [`${(literals(branch) as readonly unknown[]).join(', ')}: ${said}`] : []
  })
  return lines.length === 0 ? {} : { description: [...(typeof description === 'string' ? [description] : []), ...lines].join('\n') }
}

function isTyped (schema: Json): boolean {
  return 'type' in schema && Object.keys(schema).every(key => TYPED.test(key) || ANNOTATION.test(key))
}
