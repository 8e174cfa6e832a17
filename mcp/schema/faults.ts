import type { ErrorObject, ValidateFunction } from 'ajv'
import { isObject, type Json } from '../message.ts'
import { ANNOTATION } from './published.ts'
import { dereference } from './walk.ts'
import { choices, literalsOf, show, textOf } from './wording.ts'

/** What a value breaks: where, and what would be right. */
interface Fault {
  readonly path: string
  readonly text: string
}

/**
 * Explains why a value is wrong, in words that a model can act on, such as `arguments.p.number: must be string`. In a
 * union, the fault is that of the branch that was meant: by its constants, else the closest.
 * @param validatorOf compiles a part of the schema; the errors it gives must be verbose
 */
export function createExplainer (root: Json, validatorOf: (schema: Json) => ValidateFunction): (errors: readonly ErrorObject[], name: string) => string {
  return (errors, name) => {
    const faults = faultsOf(errors, name)
    const shared = faults.every(({ path }) => path === faults[0]?.path)
    if (shared) return `${faults[0]?.path}: ${[...new Set(faults.map(({ text }) => text))].join(', or ')}`
    return [...new Set(faults.map(({ path, text }) => `${path}: ${text}`))].join('; or ')
  }

  /** One fault, or one for each alternative. The last error is that of the outermost keyword. */
  function faultsOf (errors: readonly ErrorObject[], base: string): Fault[] {
    const error = errors.at(-1) as ErrorObject
    const path = base + error.instancePath.replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
    const inner = errors.slice(0, -1)
    if (error.keyword === 'propertyNames') return faultsOf(inner, base).map(({ text }) => ({ path, text: `property ${JSON.stringify(error.params['propertyName'])} ${text}` }))
    if ((error.keyword === 'anyOf' || error.keyword === 'oneOf') && error.params['passingSchemas'] == null) return unionFaults(error, path, path === base && !path.includes('.'))
    return [{ path, text: textOf(error) }]
  }

  function faultsIn (schema: Json, value: unknown, path: string): Fault[] {
    const validate = validatorOf(schema)
    validate(value)
    return faultsOf(validate.errors as ErrorObject[], path)
  }

  function unionFaults ({ schema, data: value }: ErrorObject, path: string, isRoot: boolean): Fault[] {
    const branches = alternatives(schema as readonly unknown[])
    const candidates = branches.filter(branch => literalsOf(branch) === undefined && accepts(branch, value))
    if (candidates.length === 0) return [{ path, text: `must be ${choices(branches.flatMap(summary))}` }]
    if (!isObject(value)) return candidates.flatMap(branch => faultsIn(branch, value, path))

    const tagged = byTag(candidates, value)
    if (!Array.isArray(tagged)) return [{ path: `${path}${tagged.text.startsWith('must have') ? '' : `.${tagged.name}`}`, text: tagged.text }]
    if (tagged.length > 1 && !(isRoot && tagged.length === candidates.length)) return closest(tagged, value).flatMap(branch => faultsIn(branch, value, path))
    return tagged.flatMap(branch => faultsIn(branch, value, path))
  }

  /** The branches of a union, with those of the unions in it. */
  function alternatives (union: readonly unknown[]): Json[] {
    return union.filter(isObject).flatMap(branch => {
      const target = holdsOnly(branch, '$ref') ? dereference(branch, root) : branch
      const keyword = ['anyOf', 'oneOf'].find(keyword => keyword in target && holdsOnly(target, keyword))
      return keyword === undefined ? [target] : alternatives(target[keyword] as readonly unknown[])
    })
  }

  /** The branches whose constants fit the value; or what is wrong with the member that tells the branches apart. */
  function byTag (branches: readonly Json[], value: Json): Json[] | { readonly name: string, readonly text: string } {
    const constants = branches.map(branch => Object.entries(membersOf(branch)).flatMap(([name, member]) => {
      const values = literalsOf(member)
      return values === undefined ? [] : [{ name, values }]
    }))
    // A member that has constants in one branch only is a choice within that branch, unless there is nothing better.
    const isShared = ({ name }: { name: string }): boolean => constants.filter(tag => tag.some(other => other.name === name)).length > 1
    const tags = constants.flat().some(isShared) ? constants.map(tag => tag.filter(isShared)) : constants
    const has = (name: string): boolean => Object.hasOwn(value, name)
    const fits = tags.map(tag => tag.some(({ name, values }) => has(name) && values.includes(value[name])) && tag.every(({ name, values }) => !has(name) || values.includes(value[name])))
    if (fits.includes(true)) return branches.filter((_branch, i) => fits[i])

    const open = branches.filter((_branch, i) => tags[i]?.every(({ name }) => !has(name)))
    const common = tags[0]?.find(({ name }) => tags.every(tag => tag.some(other => other.name === name)))
    if (common === undefined) return open.length > 0 ? open : [...branches]
    const { name } = common
    const allowed = choices([...new Set(tags.flatMap(tag => tag.filter(other => other.name === name).flatMap(({ values }) => values)))].map(show))
    if (has(name)) return { name, text: `must be ${allowed}` }
    return branches.every(branch => requiredOf(branch).includes(name)) ? { name, text: `must have required property '${name}' (${allowed})` } : [...branches]
  }

  /** The branches that the value is most like: several if none stands out. */
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
    return Object.assign({}, ...parts.map(({ properties }) => isObject(properties) ? Object.fromEntries(Object.entries(properties).filter(([, member]) => isObject(member)).map(([name, member]) => [name, dereference(member as Json, root)])) : {}))
  }
}

function holdsOnly (schema: Json, keyword: string): boolean {
  return Object.keys(schema).every(key => key === keyword || ANNOTATION.test(key))
}

function requiredOf ({ required, allOf }: Json): string[] {
  return [...(Array.isArray(required) ? required : []), ...(Array.isArray(allOf) ? allOf.filter(isObject).flatMap(requiredOf) : [])]
}

function accepts ({ type }: Json, value: unknown): boolean {
  const types = [type ?? typeOf(value)].flat()
  return types.includes(typeOf(value)) || (types.includes('integer') && typeof value === 'number')
}

function typeOf (value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

function summary (branch: Json): string[] {
  return literalsOf(branch)?.map(show) ?? [branch['type']].flat().map(String)
}
