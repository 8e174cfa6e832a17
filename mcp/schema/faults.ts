import type { ErrorObject, ValidateFunction } from 'ajv'
import { isObject, type Json } from '../message.ts'
import { createBranches } from './branches.ts'
import { choices, literalsOf, show, textOf } from './wording.ts'

/** The place of a fault in a value, and what would be right. */
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
  const { alternatives, byTag, closest } = createBranches(root, validatorOf)

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
