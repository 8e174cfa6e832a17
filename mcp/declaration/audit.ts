import type { Json } from '../message.ts'

/** Arguments and claims that the log line of a call may hold. */
export interface Audited {
  /** Names of arguments; undefined: the tool has no `audit`. */
  readonly args: readonly string[] | undefined
  /** Names of the caller's claims; undefined: none. */
  readonly claims: readonly string[] | undefined
}

const CLAIM = 'caller.claims.'

/**
 * Reads the `audit` of a tool: names of arguments, and `caller.claims.` with the name of a claim.
 * @throws Error for a name that is neither
 */
export function readAudit (audit: readonly string[] | undefined, input: Json): Audited {
  if (audit === undefined) return { args: undefined, claims: undefined }
  const isArgument = (name: string): boolean => Object.hasOwn(input['properties'] ?? {}, name)
  const args = audit.filter(isArgument)
  const others = audit.filter(name => !isArgument(name))
  for (const name of others) if (!name.startsWith(CLAIM) || name === CLAIM) throw new Error(`audit: the input has no property ${JSON.stringify(name)}; a claim is written caller.claims.<name>`)
  return { args, claims: others.length === 0 ? undefined : others.map(name => name.slice(CLAIM.length)) }
}
