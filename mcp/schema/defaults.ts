import { isObject, type Json } from '../message.ts'
import { step } from './steps.ts'
import { dereference, walk } from './walk.ts'
import { constantsOf, type Constant } from './wording.ts'

/** Deeper than any schema that is written by hand; a default of a recursive schema could go on for ever. */
const MAX_DEPTH = 32
const UNIONS = ['allOf', 'anyOf', 'oneOf']

/**
 * Makes the function that fills in the defaults of absent properties. It changes a copy, so that whatever else reads
 * the arguments sees them as they came. In a union, the defaults are those of the branch that fits.
 * @param fits whether a value is right under a part of the schema
 */
export function defaultsOf (root: Json, fits: (schema: Json, value: unknown) => boolean): (value: unknown) => unknown {
  let hasDefault = false
  walk(root, schema => { hasDefault ||= 'default' in schema })
  const constants = new Map<Json, readonly Constant[]>()
  return hasDefault ? value => filler()(root, value, 0) : value => value

  function filler (): (schema: unknown, value: unknown, depth: number) => unknown {
    // Each value once for each schema: in a recursive union, every level would otherwise multiply the work.
    const done = new Map<unknown, Map<Json, unknown>>()
    return fill

    function fill (schema: unknown, value: unknown, depth: number): unknown {
      if (!isObject(schema) || depth > MAX_DEPTH) return value
      const target = dereference(schema, root)
      if (typeof value !== 'object') return fillUnion(target, value, depth)
      const known = done.get(value) ?? new Map<Json, unknown>()
      if (!known.has(target)) {
        const filled = Array.isArray(value) ? fillItems(target, value, depth) : isObject(value) ? fillMembers(target, value, depth) : value
        known.set(target, fillUnion(target, filled, depth))
      }
      done.set(value, known)
      return known.get(target)
    }

    function fillUnion (target: Json, filled: unknown, depth: number): unknown {
      // A list of any length is filled once. Only parts and branches can multiply the work.
      if (UNIONS.some(keyword => keyword in target)) step()
      const all = list(target['allOf']).reduce((value, part) => fill(part, value, depth + 1), filled)
      const branches = [...list(target['anyOf']), ...list(target['oneOf'])].filter(branch => !isObject(branch) || !differs(all, dereference(branch, root)))
      for (const branch of branches.filter(isObject)) {
        const candidate = fill(branch, all, depth + 1)
        // The check of all arguments tells whether the only branch fits.
        if (branches.length === 1 || fits(branch, candidate)) return candidate
      }
      return all
    }

    function fillMembers ({ properties = {}, additionalProperties }: Json, value: Json, depth: number): Json {
      const known = properties as Json
      const present = Object.entries(value).map(([name, member]) => [name, fill(Object.hasOwn(known, name) ? known[name] : additionalProperties, member, depth + 1)] as const)
      const absent = Object.entries(known).flatMap(([name, schema]) => {
        if (Object.hasOwn(value, name) || !isObject(schema) || !('default' in schema)) return []
        return [[name, fill(schema, structuredClone(schema['default']), depth + 1)] as const]
      })
      return Object.fromEntries([...present, ...absent])
    }

    function fillItems ({ prefixItems, items }: Json, value: readonly unknown[], depth: number): unknown[] {
      return value.map((item, i) => fill(list(prefixItems)[i] ?? items, item, depth + 1))
    }
  }

  /** Whether a member has another value than the constants of the branch allow. */
  function differs (value: unknown, branch: Json): boolean {
    if (!isObject(value)) return false
    const known = constants.get(branch) ?? constantsOf(branch['properties'])
    constants.set(branch, known)
    return known.some(({ name, values }) => Object.hasOwn(value, name) && typeof value[name] !== 'object' && !values.includes(value[name]))
  }
}

function list (value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
