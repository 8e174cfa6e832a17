import type { Item } from './state.ts'

/** A page of a list with `page` and `per_page`, at most 100 entries. Without `include_totals`, a bare array. */
export function offsetPage (name: string, entries: readonly Item[], query: URLSearchParams): unknown {
  const limit = Math.min(Number(query.get('per_page') ?? 50), 100)
  const start = limit * Number(query.get('page') ?? 0)
  const page = withFields(entries.slice(start, start + limit), query)
  return query.get('include_totals') === 'true' ? { start, limit, total: entries.length, [name]: page } : page
}

/** A page of a list with `take` and `from`. Without `take`, a bare array. */
export function checkpointPage (name: string, entries: readonly Item[], query: URLSearchParams): unknown {
  if (!query.has('take')) return withFields(entries, query)
  const start = Number(query.get('from') ?? 0)
  const end = start + Math.min(Number(query.get('take')), 100)
  return { [name]: withFields(entries.slice(start, end), query), ...(end < entries.length && { next: String(end) }) }
}

/** The members that `fields` names; all of them without it. */
export function withFields (entries: readonly Item[], query: URLSearchParams): Item[] {
  const fields = query.get('fields')?.split(',')
  return fields === undefined ? [...entries] : entries.map(entry => Object.fromEntries(Object.entries(entry).filter(([name]) => fields.includes(name))))
}

/** The entries that have the same members as the query, for the given names. */
export function matching (entries: readonly Item[], query: URLSearchParams, ...names: readonly string[]): Item[] {
  return entries.filter(entry => names.every(name => !query.has(name) || String(entry[name]) === query.get(name)))
}
