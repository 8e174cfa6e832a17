import type { Json } from './message.ts'

type Some = readonly [string, ...string[]]

/**
 * The scopes that a tool needs: all of a list, any of a list, or what `of` names for the arguments of a call. A
 * challenge for `anyOf` names the first one. `possible` holds every scope that `of` may name, so that clients, the
 * tenant and the metadata know them.
 */
export type Scopes<Args = unknown> = Some | { readonly anyOf: Some } | ScopesByArguments<Args>

export interface ScopesByArguments<Args> {
  readonly possible: Some
  of (args: Args): readonly string[]
}

/** Narrower scopes by the wider one that includes them, such as `{ 'files:write': ['files:read'] }`. */
export type Implied = Readonly<Record<string, readonly string[]>>

/** A scope that a call needs. */
export interface Need {
  /** What a challenge names. */
  readonly scope: string
  /** The caller must hold one of these: the scope, another of `anyOf`, or a wider one. */
  readonly satisfiedBy: readonly string[]
}

/** What a tool needs, for all calls alike or by its arguments. */
export interface Needs {
  readonly fixed: readonly Need[]
  /** Whether a caller who holds these scopes may call at all, perhaps not with all arguments. */
  mayCall (granted: readonly string[]): boolean
  /** @throws Error if the tool names a scope that is not in `possible`, or none */
  readonly byArguments: ((args: Json) => readonly Need[]) | undefined
}

// scope-token of RFC 6749 §3.3; any other character would break a challenge.
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/
const NONE: readonly Need[] = Object.freeze([])

/** Every scope that these tools may need, each once. */
export function scopesOf (...tools: ReadonlyArray<{ readonly scopes: Scopes }>): readonly string[] {
  return [...new Set(tools.flatMap(({ scopes }) => listed(scopes)))]
}

/** Whether a caller who holds these scopes has what is needed. */
export function hasAll (needs: readonly Need[], granted: readonly string[]): boolean {
  return needs.every(need => has(need, granted))
}

export function has ({ satisfiedBy }: Need, granted: readonly string[]): boolean {
  return satisfiedBy.some(scope => granted.includes(scope))
}

/** @throws Error if the declaration of scopes has another form */
export function checkScopes (scopes: Scopes): void {
  const names: unknown = typeof scopes === 'object' && scopes !== null ? listed(scopes) : undefined
  if (!Array.isArray(names) || names.length === 0 || !names.every(isScope)) throw new Error('expected at least one scope, without spaces or quotes')
  if ('possible' in scopes && typeof scopes.of !== 'function') throw new Error('expected scopes to have a function "of" beside "possible"')
}

/** @param implies the scopes that a wider one includes, as declared once for the server */
export function createNeeds (implies: Implied): (scopes: Scopes) => Needs {
  return scopes => {
    if (!('possible' in scopes)) {
      const fixed = 'anyOf' in scopes ? [need(scopes.anyOf)] : scopes.map(scope => need([scope]))
      return { fixed, byArguments: undefined, mayCall: granted => hasAll(fixed, granted) }
    }
    const needs = new Map(scopes.possible.map(scope => [scope, need([scope])]))
    return {
      fixed: NONE,
      mayCall: granted => [...needs.values()].some(need => has(need, granted)),
      byArguments (args) {
        const found = scopes.of(args).map(scope => needs.get(scope))
        if (found.length === 0 || found.includes(undefined)) throw new Error('the scopes of this call are none, or not in "possible"')
        return found as Need[]
      }
    }
  }

  function need (scopes: Some): Need {
    return { scope: scopes[0], satisfiedBy: [...new Set(scopes.flatMap(scope => [scope, ...widerThan(scope)]))] }
  }

  function widerThan (scope: string): string[] {
    const wider = new Set([scope])
    for (const narrow of wider) {
      for (const [wide, narrower] of Object.entries(implies)) if (narrower.includes(narrow)) wider.add(wide)
    }
    return [...wider]
  }
}

/** @throws Error if a hierarchy names something that is no scope, or a narrower scope that no tool needs */
export function checkImplied (implies: Implied, known: readonly string[]): void {
  for (const [wide, narrower] of Object.entries(implies)) {
    if (!isScope(wide) || !Array.isArray(narrower) || !narrower.every(isScope)) throw new Error(`implies: expected scopes at ${JSON.stringify(wide)}`)
    const unknown = narrower.find(scope => !known.includes(scope) && implies[scope] === undefined)
    if (unknown !== undefined) throw new Error(`implies: no tool needs ${JSON.stringify(unknown)}`)
  }
}

function listed (scopes: Scopes): readonly string[] {
  return 'anyOf' in scopes ? scopes.anyOf : 'possible' in scopes ? scopes.possible : scopes
}

function isScope (scope: unknown): boolean {
  return typeof scope === 'string' && SCOPE.test(scope)
}
