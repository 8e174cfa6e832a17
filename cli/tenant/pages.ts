/** Reads whole lists of the Management API. */
export interface Lists {
  /** All entries of a list with offset pages. `name` is its member in the answer. */
  list<T> (path: string, name: string): Promise<T[]>
  /** All entries of a list with checkpoint pages (`take` and `from`). */
  walk<T> (path: string, name: string): Promise<T[]>
}

/** One page. `total` comes with offset pages, `next` with checkpoint pages. */
interface Page<T> {
  readonly entries: readonly T[]
  readonly total?: unknown
  readonly next?: string
}

/** Entries of a page, the most that Auth0 gives. */
const PAGE = 100
/** Most pages of a list. A tenant has fewer, but another server may never end its list. */
const MAX_PAGES = 1000
const QUESTION = 'Does AUTH0_DOMAIN name an Auth0 tenant?'

/**
 * Follows the pages of lists.
 * @param get asks for the document at a path
 * @throws Error from both methods, if an answer holds no list, or a list has no end
 */
export function pagesOf (get: (path: string) => Promise<unknown>): Lists {
  // Another server at AUTH0_DOMAIN may answer with any JSON.
  async function pageOf<T> (path: string, name: string, query: string): Promise<Page<T>> {
    const document = await get(`${path}${path.includes('?') ? '&' : '?'}${query}`) as Readonly<Record<string, unknown>> | undefined
    const entries = document?.[name]
    if (!Array.isArray(entries)) throw new Error(`GET ${path}: expected a list of ${name}, found none. ${QUESTION}`)
    return { ...document, entries }
  }

  /** `queryAfter` gives the query of the next page; undefined after the last one. */
  async function all<T> (path: string, name: string, first: string, queryAfter: (page: Page<T>, found: number, pages: number) => string | undefined): Promise<T[]> {
    const found: T[] = []
    let query: string | undefined = first
    for (let pages = 1; query !== undefined; pages++) {
      if (pages > MAX_PAGES) throw new Error(`GET ${path}: expected an end of the list, found ${found.length} entries on ${MAX_PAGES} pages and a further page. ${QUESTION}`)
      const page: Page<T> = await pageOf<T>(path, name, query)
      found.push(...page.entries)
      query = queryAfter(page, found.length, pages)
    }
    return found
  }

  return {
    list<T> (path: string, name: string) {
      const query = (page: number): string => `include_totals=true&per_page=${PAGE}&page=${page}`
      return all<T>(path, name, query(0), ({ entries, total }, found, pages) => found >= Number(total) || entries.length === 0 ? undefined : query(pages))
    },
    walk<T> (path: string, name: string) {
      const query = `take=${PAGE}`
      return all<T>(path, name, query, ({ next }) => next ? `${query}&from=${encodeURIComponent(next)}` : undefined)
    }
  }
}
