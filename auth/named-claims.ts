/**
 * The claims that `CALLER_CLAIMS` names, as a tool sees them. Add their types by module augmentation, as optional
 * members, since a token may lack them; every other name is `unknown`.
 */
export interface CallerClaims extends Readonly<Record<string, unknown>> {}

/** Longest value of a named claim, in characters of JSON. */
const MAX_LENGTH = 4096
/** Most objects and lists around a value. */
const MAX_DEPTH = 8

/** The claims of a token of which none is named. It has no prototype, so it has no inherited members. */
const NONE: CallerClaims = Object.freeze(Object.create(null))

/**
 * The named claims of a token, frozen with all that they hold. A claim is left out if it is longer than 4096 characters of
 * JSON, nested deeper than 8 levels, or has a member `__proto__`: a tool treats it like one that the token lacks.
 */
export function pickClaims (claims: Readonly<Record<string, unknown>>, names: readonly string[]): CallerClaims {
  const found = names.filter(name => Object.hasOwn(claims, name) && isFit(claims[name]))
  if (found.length === 0) return NONE
  const picked = Object.create(null) as Record<string, unknown>
  for (const name of found) picked[name] = freeze(claims[name])
  return Object.freeze(picked)
}

// The depth first: JSON.stringify is recursive.
function isFit (value: unknown): boolean {
  return isShallow(value, MAX_DEPTH) && JSON.stringify(value).length <= MAX_LENGTH
}

function isShallow (value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  // Object.assign in a tool would make this member the prototype of its target.
  if (depth === 0 || Object.hasOwn(value, '__proto__')) return false
  return Object.values(value).every(item => isShallow(item, depth - 1))
}

function freeze (value: unknown): unknown {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
