import type { ValidateFunction } from 'ajv'
import { isObject, type Json } from '../message.ts'
import { ANNOTATION } from './published.ts'
import { dereference } from './walk.ts'
import { choices, constantsOf, show, type Constant } from './wording.ts'

/** The fault in the member that tells branches apart. */
export interface TagFault {
  readonly name: string
  readonly text: string
}

/** Finds the branches of a union that a value was meant for. */
export interface Branches {
  /** The branches of a union, with those of the unions in it. */
  alternatives (union: readonly unknown[]): Json[]
  /** The branches whose constants fit the value, or the fault in the member that tells the branches apart. */
  byTag (branches: readonly Json[], value: Json): Json[] | TagFault
  /** The branches that the value is most like: several if none stands out. */
  closest (branches: readonly Json[], value: Json): Json[]
}

/**
 * The branches of the unions in one schema.
 * @param validatorOf compiles a part of the schema `root`
 */
export function createBranches (root: Json, validatorOf: (schema: Json) => ValidateFunction): Branches {
  return { alternatives, byTag, closest }

  function alternatives (union: readonly unknown[]): Json[] {
    return union.filter(isObject).flatMap(branch => {
      const target = holdsOnly(branch, '$ref') ? dereference(branch, root) : branch
      const keyword = ['anyOf', 'oneOf'].find(keyword => keyword in target && holdsOnly(target, keyword))
      return keyword === undefined ? [target] : alternatives(target[keyword] as readonly unknown[])
    })
  }

  function byTag (branches: readonly Json[], value: Json): Json[] | TagFault {
    // The constants of each branch, in the order of the branches.
    const tags = shared(branches.map(branch => constantsOf(membersOf(branch))))
    const has = ({ name }: Constant): boolean => Object.hasOwn(value, name)
    const fits = ({ name, values }: Constant): boolean => values.includes(value[name])

    const fitting = branches.filter((_branch, i) => tags[i]?.some(has) && tags[i].filter(has).every(fits))
    if (fitting.length > 0) return fitting

    const common = tags[0]?.find(tag => tags.every(others => others.some(other => other.name === tag.name)))
    if (common === undefined) {
      const open = branches.filter((_branch, i) => !tags[i]?.some(has))
      return open.length > 0 ? open : [...branches]
    }
    const { name } = common
    const values = tags.flat().filter(tag => tag.name === name).flatMap(({ values }) => values)
    const allowed = choices([...new Set(values)].map(show))
    if (has(common)) return { name, text: `must be ${allowed}` }
    return branches.every(branch => requiredOf(branch).includes(name)) ? { name, text: `must have required property '${name}' (${allowed})` } : [...branches]
  }

  function closest (branches: readonly Json[], value: Json): Json[] {
    const scores = branches.map(branch => {
      const members = membersOf(branch)
      const known = Object.keys(members).filter(name => Object.hasOwn(value, name))
      const right = known.filter(name => validatorOf(members[name] as Json)(value[name]))
      const missing = requiredOf(branch).filter(name => !Object.hasOwn(value, name))
      return 2 * known.length + right.length - missing.length
    })
    return branches.filter((_branch, i) => scores[i] === Math.max(...scores))
  }

  function membersOf (branch: Json): Readonly<Record<string, Json>> {
    const parts = [branch, ...(Array.isArray(branch['allOf']) ? branch['allOf'].filter(isObject).map(part => dereference(part, root)) : [])]
    const members = parts.flatMap(({ properties }) => isObject(properties) ? Object.entries(properties) : [])
    return Object.fromEntries(members.flatMap(([name, member]) => isObject(member) ? [[name, dereference(member, root)]] : []))
  }
}

/** Without a member that has constants in one branch only: a choice within that branch, unless there is nothing better. */
function shared (constants: readonly Constant[][]): readonly Constant[][] {
  const isShared = ({ name }: Constant): boolean => constants.filter(branch => branch.some(other => other.name === name)).length > 1
  return constants.flat().some(isShared) ? constants.map(branch => branch.filter(isShared)) : constants
}

function holdsOnly (schema: Json, keyword: string): boolean {
  return Object.keys(schema).every(key => key === keyword || ANNOTATION.test(key))
}

function requiredOf ({ required, allOf }: Json): string[] {
  return [...(Array.isArray(required) ? required : []), ...(Array.isArray(allOf) ? allOf.filter(isObject).flatMap(requiredOf) : [])]
}
