import type { ErrorObject } from 'ajv'
import { isObject, type Json } from '../message.ts'

/** Longest list of choices in a message. */
const MAX_CHOICES = 50

/** Describes a fault, such as `must be small, medium or large`. */
export function textOf ({ keyword, params, schema, parentSchema = {}, message }: ErrorObject): string {
  const allowed = literalsOf(parentSchema)
  if (keyword === 'type' && allowed !== undefined) return `must be ${choices(allowed.map(show))}`
  switch (keyword) {
    case 'enum': return `must be ${choices((params['allowedValues'] as unknown[]).map(show))}`
    case 'const': return `must be ${show(params['allowedValue'])}`
    case 'type': return `must be ${choices([params['type']].flat())}`
    case 'multipleOf': return `must be a multiple of ${String(schema)}`
    case 'additionalProperties': return `${message} (${JSON.stringify(params['additionalProperty'])})`
    case 'unevaluatedProperties': return `${message} (${JSON.stringify(params['unevaluatedProperty'])})`
    case 'oneOf': return 'must match exactly one of the alternatives, but matches several'
    default: return message as string
  }
}

/** The values that a schema allows by name (`const`, `enum`); undefined if it has no such list. */
export function literalsOf (schema: Json): readonly unknown[] | undefined {
  if ('const' in schema) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined
}

/** A property that has one of a few values. */
export interface Constant {
  readonly name: string
  readonly values: readonly unknown[]
}

/** The properties that allow values by name only. */
export function constantsOf (properties: unknown): Constant[] {
  return Object.entries(isObject(properties) ? properties : {}).flatMap(([name, schema]) => {
    const values = isObject(schema) ? literalsOf(schema) : undefined
    return values === undefined ? [] : [{ name, values }]
  })
}

/** Such as `small, medium or large`. */
export function choices (values: readonly string[]): string {
  const unique = [...new Set(values)]
  const cut = unique.length > MAX_CHOICES ? [...unique.slice(0, MAX_CHOICES), `one of ${unique.length - MAX_CHOICES} more`] : unique
  return cut.length < 2 ? cut.join('') : `${cut.slice(0, -1).join(', ')} or ${cut.at(-1)}`
}

/** A value as it stands in a message: quoted if it could be misread. */
export function show (value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z_][\w.-]*$/.test(value) && !/^(?:true|false|null)$/.test(value) ? value : JSON.stringify(value)
}
