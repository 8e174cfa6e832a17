import { withoutHidden } from '../../mcp/safe-text.ts'
import { pagesOf, type Lists } from './pages.ts'

/** One request to the Management API. `path` is relative to `/api/v2/` and may hold a query. */
export type Ask = (method: Method, path: string, body?: object) => Promise<Answer>

/** The methods that a set-up needs. */
export type Method = 'GET' | 'POST' | 'PATCH'

/** An answer of the Management API. */
export interface Answer {
  readonly status: number
  /** The parsed body; undefined if it is empty. */
  readonly document: unknown
  /** Milliseconds since 1970 from which on the API takes requests again, as a 429 says. */
  readonly retryAt?: number
}

/** The parts of Auth0's Management API that a set-up needs. Nothing here can delete. */
export interface Management extends Lists {
  /** @returns undefined for status 404 */
  get<T> (path: string): Promise<T | undefined>
  send<T> (method: 'POST' | 'PATCH', path: string, body: object): Promise<T>
}

/** A refusal of the Management API. */
export class ManagementError extends Error {
  readonly status: number

  constructor (status: number, message: string) {
    super(message)
    this.name = 'ManagementError'
    this.status = status
  }
}

/** Attempts at one request. */
const MAX_TRIES = 6
const MAX_PAUSE_MS = 60_000

/**
 * Speaks with the Management API: follows pages, waits after a 429, and explains refusals.
 * @param pause waits for some milliseconds. Default: the clock
 * @throws ManagementError from every method
 */
export function createManagement (ask: Ask, pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))): Management {
  async function answer (method: Method, path: string, body?: object, tries = 1): Promise<Answer> {
    const received = await ask(method, path, body)
    if (received.status !== 429 || tries === MAX_TRIES) return received
    await pause(Math.min(Math.max((received.retryAt ?? 0) - Date.now(), 1000), MAX_PAUSE_MS))
    return answer(method, path, body, tries + 1)
  }

  async function wanted<T> (method: Method, path: string, body?: object): Promise<T> {
    const { status, document } = await answer(method, path, body)
    if (status >= 200 && status < 300) return document as T
    throw new ManagementError(status, explain(method, path, status, document))
  }

  return {
    async get<T> (path: string) {
      const { status, document } = await answer('GET', path)
      if (status === 404) return undefined
      if (status === 200) return document as T
      throw new ManagementError(status, explain('GET', path, status, document))
    },

    ...pagesOf(path => wanted('GET', path)),
    send: wanted
  }
}

function explain (method: Method, path: string, status: number, document: unknown): string {
  const { errorCode, message: words = 'without a message' } = (document ?? {}) as { readonly errorCode?: unknown, readonly message?: unknown }
  const message = withoutHidden(String(words))
  const what = `${method} ${path.replace(/\?.*/, '')}: status ${status}`
  if (errorCode === 'insufficient_scope') {
    const scope = message.replace(/^.*: /, '').split(',')[0]
    return `${what}, the token lacks the permission ${scope}. Give it to the application (Dashboard > Applications > APIs > Auth0 Management API > Machine to Machine Applications), or log in again: auth0 login --scopes ${scope}`
  }
  if (status === 401) return `${what}, the token has expired or is not for this tenant (${message}). Get a new one, or log in again: auth0 login`
  return `${what}, ${message}`
}
