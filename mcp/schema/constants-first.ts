import { isObject, type Json } from '../message.ts'
import { mapSubschemas } from './walk.ts'
import { literalsOf } from './wording.ts'

/**
 * The same schema with constants in front of other properties. Ajv checks properties in order: in a union of
 * `{ left, op: '+' }` and `{ left, op: '-' }` it would check all of `left` in each branch before it sees another `op`.
 */
export function constantsFirst (schema: Json): Json {
  const copy = mapSubschemas(schema, constantsFirst)
  if (!isObject(copy['properties'])) return copy
  const entries = Object.entries(copy['properties'])
  const [constants, others] = [true, false].map(wanted => entries.filter(([, member]) => (isObject(member) && literalsOf(member) !== undefined) === wanted))
  return { ...copy, properties: Object.fromEntries([...constants as typeof entries, ...others as typeof entries]) }
}
