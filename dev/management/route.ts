import { ApiError } from './api-error.ts'
import type { Item, TenantState } from './state.ts'

/** A request to one address of the API. */
export interface Call {
  /** The segments that `*` stands for. */
  readonly params: readonly string[]
  readonly query: URLSearchParams
  readonly body: Item
}

/** A method and path (`*`: any segment), the scopes of which a token needs one, and a handler that returns the body. */
export type Route = readonly [address: string, scopes: readonly string[], handler: (state: TenantState, call: Call) => unknown]

/** The entry with this value; 404 if there is none. */
export function entry (entries: readonly Item[], name: string, value: unknown): Item {
  const found = entries.find(entry => entry[name] === value)
  if (found === undefined) throw new ApiError(404, 'inexistent_entity', `There is nothing with the ${name} ${value}`)
  return found
}

/** Refuses members that an address does not take. */
export function only (body: Item, ...names: readonly string[]): void {
  const wrong = Object.keys(body).filter(name => !names.includes(name))
  if (wrong.length > 0) throw new ApiError(400, 'invalid_body', `Payload validation error: additional properties not allowed: ${wrong.join(',')}`)
}

/** An id as those of Auth0, unique in a list. */
export function newId (prefix: string, entries: readonly unknown[]): string {
  return `${prefix}_${entries.length + 1}`
}
