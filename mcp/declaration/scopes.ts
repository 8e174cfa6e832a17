import { checkEntry } from './entry.ts'
import { widerThan, type Implied } from './implied.ts'
import { isObject, type Json } from '../message.ts'
import { ignoreRejection } from '../returned.ts'
import { isScope, loginScope } from './scope-token.ts'

type NonEmpty = readonly [string, ...string[]]

/**
 * The scopes that a tool needs: all of a list, any of a list, or those that `of` returns for the arguments of a call. A
 * challenge for `anyOf` names the first one. `possible` lists every scope that `of` may return, for clients, the tenant
 * and the metadata.
 */
export type Scopes<Args = unknown> = NonEmpty | { readonly anyOf: NonEmpty } | ScopesByArguments<Args>

/** Scopes that depend on the arguments of a call. */
export interface ScopesByArguments<Args> {
  readonly possible: NonEmpty
  of (args: Args): readonly string[]
}

/** A scope that a call needs. */
export interface Need {
  /** The scope that a challenge names. */
  readonly scope: string
  /** The caller must hold one of these: the scope, another of `anyOf`, or a wider one. */
  readonly satisfiedBy: readonly string[]
}

/** The scopes that a tool needs: `fixed` for every call, or `byArguments` of the call. */
export interface Needs {
  readonly fixed: readonly Need[]
  /** Whether a caller who holds these scopes may call at all, perhaps not with all arguments. */
  mayCall (granted: readonly string[]): boolean
  /** @throws Error if the tool names a scope that is not in `possible`, or none */
  readonly byArguments: ((args: Json) => readonly Need[]) | undefined
}

const FORMS = 'scopes is a list, { anyOf: list }, or { possible: list, of: function }'
const NONE: readonly Need[] = Object.freeze([])

/**
 * Every scope that these tools may need, each once.
 * @throws Error that names the entry or the tool whose scopes cannot be read
 */
export function scopesOf (...tools: ReadonlyArray<{ readonly name: string, readonly scopes: Scopes }>): readonly string[] {
  return [...new Set(tools.flatMap((tool, i) => {
    checkEntry(tool, i)
    const names = listed(tool.scopes)
    if (!Array.isArray(names)) throw new Error(`Tool ${JSON.stringify(tool.name)}: ${expectation(tool.scopes)}`)
    return names as string[]
  }))]
}

/** Whether a caller who holds these scopes has all that are needed. */
export function hasAll (needs: readonly Need[], granted: readonly string[]): boolean {
  return needs.every(need => has(need, granted))
}

/** Whether a caller who holds these scopes satisfies one need. */
export function has ({ satisfiedBy }: Need, granted: readonly string[]): boolean {
  return satisfiedBy.some(scope => granted.includes(scope))
}

/** Checks the scopes of a tool. @throws Error if the declaration has another form */
export function checkScopes (scopes: Scopes): void {
  const names = listed(scopes)
  if (!Array.isArray(names) || names.length === 0 || !names.every(isScope)) throw new Error(expectation(scopes))
  if ('possible' in scopes && typeof scopes.of !== 'function') throw new Error('expected scopes to have a function "of" beside "possible"')
  const other = Array.isArray(scopes) ? undefined : Object.keys(scopes).find(key => !('possible' in scopes ? ['possible', 'of'] : ['anyOf']).includes(key))
  if (other !== undefined) throw new Error(`expected no ${JSON.stringify(other)} in scopes; ${FORMS}`)
  const login = loginScope(names)
  if (login !== undefined) throw new Error(`expected no scope ${JSON.stringify(login)}: it is about the login, and no API has it`)
}

/**
 * Prepares the scopes that a tool needs.
 * @param implies the scopes that a wider one includes, as declared once for the server
 */
export function createNeeds (implies: Implied): (tool: { readonly name: string, readonly scopes: Scopes }) => Needs {
  return function needsOf ({ name, scopes }) {
    if (!('possible' in scopes)) {
      const fixed = 'anyOf' in scopes ? [need(scopes.anyOf)] : scopes.map(scope => need([scope]))
      return { fixed, byArguments: undefined, mayCall: granted => hasAll(fixed, granted) }
    }
    const needs = new Map(scopes.possible.map(scope => [scope, need([scope])]))
    return {
      fixed: NONE,
      mayCall: granted => [...needs.values()].some(need => has(need, granted)),
      byArguments (args) {
        const named: unknown = ignoreRejection(scopes.of(args))
        const found = Array.isArray(named) ? named.map(scope => needs.get(ignoreRejection(scope) as string)) : []
        if (found.length === 0 || found.includes(undefined)) throw new Error(`scopes.of of tool ${name} gave ${named instanceof Promise ? 'a promise' : JSON.stringify(named) ?? 'nothing'}, expected a list of scopes that are in "possible"`)
        return found as Need[]
      }
    }
  }

  function need (scopes: NonEmpty): Need {
    return { scope: scopes[0], satisfiedBy: [...new Set(scopes.flatMap(scope => widerThan(scope, implies)))] }
  }
}

/** The names in a declaration, which may have any form. */
function listed (scopes: unknown): unknown {
  return isObject(scopes) ? scopes['anyOf'] ?? scopes['possible'] : scopes
}

function expectation (scopes: unknown): string {
  return `expected at least one scope, without spaces or quotes, found ${JSON.stringify(scopes) ?? 'none'}; ${FORMS}`
}
