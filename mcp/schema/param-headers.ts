import { isObject, type Json } from '../message.ts'

/** A parameter of a tool that is mirrored into a header (streamable-http, "Custom Headers from Tool Parameters"). */
export interface ParamHeader {
  /** In lower case, as Node gives header names: `mcp-param-region`. */
  readonly header: string
  /** The members of the arguments that lead to the value. */
  readonly path: readonly string[]
}

const ANNOTATION = 'x-mcp-header'
const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const PRIMITIVES = new Set<unknown>(['string', 'integer', 'boolean'])

/**
 * Finds the `x-mcp-header` annotations of an input schema.
 * @throws Error if one breaks the rules: clients would hide the whole tool
 */
export function paramHeaders (schema: Json): readonly ParamHeader[] {
  const found = reachable(schema, [])
  const names = new Set(found.map(({ header }) => header))
  if (names.size !== found.length) throw new Error(`${ANNOTATION}: two parameters share a header`)
  if (count(schema) !== found.length) throw new Error(`${ANNOTATION}: only parameters reached through "properties" may carry it`)
  return found
}

function reachable (schema: Json, path: readonly string[]): ParamHeader[] {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isObject(property)) return []
    const here = [...path, name]
    return [...annotation(property, here), ...reachable(property, here)]
  })
}

function annotation (property: Json, path: readonly string[]): ParamHeader[] {
  const name = property[ANNOTATION]
  if (name === undefined) return []
  if (typeof name !== 'string' || !FIELD_NAME.test(name)) throw new Error(`${ANNOTATION} of ${path.join('.')}: expected an HTTP field name`)
  if (!PRIMITIVES.has(property['type'])) throw new Error(`${ANNOTATION} of ${path.join('.')}: expected a string, integer or boolean`)
  return [{ header: `mcp-param-${name.toLowerCase()}`, path }]
}

/** How many annotations a schema holds, at any place. */
function count (value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [key, member]) => sum + (key === ANNOTATION ? 1 : 0) + count(member), 0)
}
