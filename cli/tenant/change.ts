import type { Management } from './management.ts'
import type { Desired } from './desired.ts'
import { shellWord } from './shell-word.ts'

/** A difference between the tenant and what the tools need. */
export interface Change {
  readonly action: 'create' | 'change'
  /** The thing that is created or changed, such as `role "Tool User"`. */
  readonly what: string
  /** One line for each member: its value, or the old and the new one. */
  readonly details: readonly string[]
  /** Makes the change. @returns the commands that undo it */
  carryOut (): Promise<readonly string[]>
}

/** A change, or a notice: a sentence about something that a person has to do or to know. */
export type Finding = Change | string

/** Compares one part of the tenant with what the tools need. Reads, and changes nothing. */
export type Step = (tenant: Management, desired: Desired) => Promise<readonly Finding[]>

/** Members of a thing of the tenant, under the API's own names. */
export type Members = Readonly<Record<string, unknown>>

/**
 * The PATCH that gives one thing of the tenant the wanted members. Nothing if it has them.
 * @param kept members that Auth0 would reset if they were not sent
 */
export function patch (tenant: Management, what: string, path: string, found: Members, wanted: Members, kept: Members = {}): Change[] {
  const names = Object.keys(wanted).filter(name => JSON.stringify(found[name]) !== JSON.stringify(wanted[name]))
  if (names.length === 0) return []
  const pick = (members: Members): Members => Object.fromEntries(names.map(name => [name, members[name]]))
  return [{
    action: 'change',
    what,
    details: names.map(name => `${name}: ${inJson(found[name])} → ${inJson(wanted[name])}`),
    async carryOut () {
      await tenant.send('PATCH', path, { ...pick(wanted), ...kept })
      return [command('patch', path, { ...pick(found), ...kept })]
    }
  }]
}

/** `name: value` for each member. */
export function detailsOf (members: Members): string[] {
  return Object.entries(members).map(([name, value]) => `${name}: ${inJson(value)}`)
}

/** The entries of `wanted` that `found` lacks. */
export function missing (found: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter(value => !found.includes(value))
}

/** A call of the Management API by the Auth0 CLI, for a shell. */
export function command (method: 'patch' | 'delete', path: string, body?: object): string {
  // An id in the path comes from the tenant.
  return `auth0 api ${method} ${shellWord(path)}${body === undefined ? '' : ` --data ${shellWord(JSON.stringify(body))}`}`
}

function inJson (value: unknown): string {
  return value === undefined ? 'unset' : JSON.stringify(value)
}
