import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { ApiError } from '../mcp/api.ts'
import { tooMany } from './faults.ts'
import type { Exchange, ExchangeRequest } from './token-exchange.ts'

/** Keeps exchanged tokens, so that one serves all calls with the same token to the same API. */
export interface TokenStore {
  /**
   * A token for this request: a kept one, one that another call waits for, or a new one.
   * @param expiresAt of the caller's token, in seconds since 1970
   * @throws ApiError
   */
  get (request: ExchangeRequest, expiresAt: number): Promise<string>
  /** Forgets the token of this request, since the API did not accept it. */
  forget (request: ExchangeRequest): void
}

interface Entry {
  readonly token: Promise<string>
  /** Milliseconds since 1970; Infinity while the exchange runs. */
  until: number
}

/** Milliseconds before the end of either token at which a new one is asked for. */
const MARGIN_MS = 30_000
/** Milliseconds for which a refusal is kept, so that a model that calls again and again causes no further exchange. */
const REFUSED_MS = 5000
const MAX_ENTRIES = 10_000

/** An empty store. If it is full, the least recently used token is dropped. */
export function createTokenStore (exchange: Exchange, now: () => number): TokenStore {
  const entries = new LRUCache<string, Entry>({ max: MAX_ENTRIES })
  /** Milliseconds since 1970 until which an issuer wants no exchange. */
  const closedUntil = new Map<string, number>()

  async function get (request: ExchangeRequest, expiresAt: number): Promise<string> {
    const key = keyOf(request)
    const kept = entries.get(key)
    if (kept !== undefined && now() < kept.until) return kept.token

    const wait = (closedUntil.get(request.issuer) ?? 0) - now()
    if (wait > 0) throw tooMany(Math.ceil(wait / 1000))
    const exchanged = exchange(request)
    const entry: Entry = { token: exchanged.then(({ token }) => token), until: Infinity }
    entries.set(key, entry)
    try {
      const { expiresIn } = await exchanged
      entry.until = Math.min(now() + expiresIn * 1000, expiresAt * 1000) - MARGIN_MS
    } catch (error) {
      const { fault, retryAfter = 0 } = error as ApiError
      if (fault === 'too_many') closedUntil.set(request.issuer, now() + retryAfter * 1000)
      // An outage may be over at any time.
      entry.until = fault === 'unavailable' ? 0 : now() + REFUSED_MS
    }
    return entry.token
  }

  return { get, forget: request => { entries.delete(keyOf(request)) } }
}

/** The token is hashed, so that the store does not keep it. */
function keyOf ({ issuer, subjectToken, audience, scopes }: ExchangeRequest): string {
  return createHash('sha256').update(JSON.stringify([issuer, subjectToken, audience, scopes])).digest('base64url')
}
