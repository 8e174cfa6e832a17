import { isObject, type Json } from '../message.ts'

const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
const LISTS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
const SINGLES = new Set(['items', 'additionalProperties', 'unevaluatedItems', 'unevaluatedProperties', 'contains', 'propertyNames', 'not', 'if', 'then', 'else', 'contentSchema'])

/** Copies a schema, with each schema in it replaced. */
export function mapSubschemas (schema: Json, map: (subschema: Json, ...path: string[]) => Json): Json {
  const mapped = (value: unknown, ...path: string[]): unknown => isObject(value) ? map(value, ...path) : value
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => {
    if (MAPS.has(key) && isObject(value)) return [key, Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapped(member, key, name)]))]
    if (Array.isArray(value) && (LISTS.has(key) || key === 'items')) return [key, value.map((member, i) => mapped(member, key, String(i)))]
    return [key, SINGLES.has(key) ? mapped(value, key) : value]
  }))
}

/** Calls back with a schema and every schema in it, each with its JSON pointer. */
export function walk (schema: Json, visit: (schema: Json, pointer: string) => void, pointer = ''): void {
  visit(schema, pointer)
  mapSubschemas(schema, (subschema, ...path) => {
    walk(subschema, visit, [pointer, ...path.map(name => name.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/'))
    return subschema
  })
}

/** The schema that `$ref` names, within one document; the schema itself if it has no `$ref`. See `refuseUnusable`. */
export function dereference (schema: Json, root: Json): Json {
  let current = schema
  // Bounded, since references can form a circle.
  for (let i = 0; i < 16 && typeof current['$ref'] === 'string'; i++) {
    current = resolve(current['$ref'], root) as Json
  }
  return current
}

// A schema stays as it is once its tool is registered, and a list of a megabyte may follow one reference for each item.
const resolved = new WeakMap<Json, Map<string, Json | undefined>>()

/** The schema at a reference such as `#/$defs/a`, `#anchor`, or an `$id`. */
export function resolve (ref: string, root: Json): Json | undefined {
  const known = resolved.get(root) ?? new Map<string, Json | undefined>()
  resolved.set(root, known)
  if (!known.has(ref)) known.set(ref, search(ref, root))
  return known.get(ref)
}

function search (ref: string, root: Json): Json | undefined {
  let found: Json | undefined
  const pointer = decodeURIComponent(ref.replace(/^#/, ''))
  walk(root, (schema, at) => {
    if ((ref.startsWith('#') && at === pointer) || schema['$id'] === ref || `#${String(schema['$anchor'])}` === ref) found ??= schema
  })
  return found
}
