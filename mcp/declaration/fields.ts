import { inspect } from 'node:util'
import { isObject } from '../message.ts'

/** Longest value in a message, in characters. */
const MAX_FOUND = 100

/** A check of a field, and the words that complete "expected …". */
export type Rule = readonly [fits: (value: unknown) => boolean, expected: string]

/**
 * Checks the fields of a declaration. A wrong name is refused: the field would have no effect, and it may be one that
 * protects, such as `authorise` for `authorize`.
 * @param what such as "a tool"
 * @throws Error that names the unknown field, or says what was expected and found
 */
export function checkFields (what: string, value: object, rules: Readonly<Record<string, Rule>>): void {
  const known = Object.keys(rules)
  const unknown = Object.keys(value).find(name => !known.includes(name))
  if (unknown !== undefined) throw new Error(`unknown field ${JSON.stringify(unknown)}; ${what} has ${known.join(', ')}`)
  for (const [name, [fits, expected]] of Object.entries(rules)) {
    const field = (value as Readonly<Record<string, unknown>>)[name]
    if (!fits(field)) throw new Error(`expected ${expected}; found ${quoted(field)}`)
  }
}

/** A wrong value for a message, cut. */
export function quoted (value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Infinity }).slice(0, MAX_FOUND)
}

/** A field that may be left out. */
export function optional (fits: Rule[0]): Rule[0] {
  return value => value === undefined || fits(value)
}

/** An object with no other members than these. */
export function shape (members: Readonly<Record<string, Rule[0]>>): Rule[0] {
  return value => isObject(value) && Object.keys(value).every(name => Object.hasOwn(members, name)) &&
    Object.entries(members).every(([name, fits]) => fits(value[name]))
}

/** A list of values that each fit. */
export function listOf (fits: Rule[0]): Rule[0] {
  return value => Array.isArray(value) && value.every(fits)
}

/** A text that is not empty. */
export function isText (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** `true` or `false`. */
export function isBoolean (value: unknown): value is boolean {
  return typeof value === 'boolean'
}

/** A function of any kind. */
export function isFunction (value: unknown): boolean {
  return typeof value === 'function'
}

/** A number above 0, up to a bound. */
export function upTo (max: number): Rule[0] {
  return value => typeof value === 'number' && value > 0 && value <= max
}

/** A whole number from 1 to a bound. */
export function countTo (max: number): Rule[0] {
  return value => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max
}
