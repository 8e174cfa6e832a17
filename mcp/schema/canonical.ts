import { isObject } from '../message.ts'

/** JSON with the members of each object sorted: equal values give equal text, in whatever order a caller wrote them. */
export function canonicalJson (value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => isObject(member) ? sorted(member) : member)
}

function sorted (object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => a < b ? -1 : 1))
}
