/** Counts requests in each second, as Auth0 does for its Management API. */
export interface RateLimit {
  /** Counts a request, and gives the headers of its answer. */
  take (): Readonly<Record<string, string>>
  /** Whether the last request was one too many. */
  isOver (): boolean
}

/**
 * A limit that no request has used yet.
 * @param rate requests per second
 * @param now milliseconds since 1970
 */
export function createRateLimit (rate: number, now: () => number): RateLimit {
  let [second, used] = [0, 0]
  return {
    take () {
      const current = Math.floor(now() / 1000)
      if (current !== second) [second, used] = [current, 0]
      used++
      return { 'x-ratelimit-limit': String(rate), 'x-ratelimit-remaining': String(Math.max(rate - used, 0)), 'x-ratelimit-reset': String(second + 1) }
    },
    isOver: () => used > rate
  }
}
