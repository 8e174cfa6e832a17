import { isObject } from '../message.ts'
import { isScope } from './scope-token.ts'

/** Narrower scopes by the wider one that includes them, such as `{ 'files:write': ['files:read'] }`. */
export type Implied = Readonly<Record<string, readonly string[]>>

/** A scope, and all that include it, in however many steps. */
export function widerThan (scope: string, implies: Implied): string[] {
  const wider = new Set([scope])
  for (const narrow of wider) {
    for (const [wide, narrower] of Object.entries(implies)) if (narrower.includes(narrow)) wider.add(wide)
  }
  return [...wider]
}

/** Checks a hierarchy of scopes. @throws Error if it has another form, or goes in a circle */
export function checkImplied (implies: Implied): void {
  if (!isObject(implies)) throw new Error("implies: expected lists of narrower scopes by the wider one, such as { 'files:write': ['files:read'] }")
  for (const [wide, narrower] of Object.entries<unknown>(implies)) {
    if (!isScope(wide) || !Array.isArray(narrower) || narrower.length === 0 || !narrower.every(isScope)) throw new Error(`implies: expected a list of scopes at ${JSON.stringify(wide)}, and no name with spaces or quotes`)
  }
  // In a circle the narrowest scope would include the widest.
  for (const [wide, narrower] of Object.entries(implies)) {
    const above = narrower.find(narrow => widerThan(wide, implies).includes(narrow))
    if (above !== undefined) throw new Error(`implies: ${JSON.stringify(wide)} and ${JSON.stringify(above)} include each other, expected the wider one only to include the narrower one`)
  }
}

/** Refuses a hierarchy with a scope that has no effect. @throws Error if it names a narrower scope that no tool needs */
export function refuseUnneeded (implies: Implied, needed: readonly string[]): void {
  const unneeded = Object.values(implies).flat().find(scope => !needed.includes(scope) && implies[scope] === undefined)
  if (unneeded !== undefined) throw new Error(`implies: no tool needs ${JSON.stringify(unneeded)}`)
}
