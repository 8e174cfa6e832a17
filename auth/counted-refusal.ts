import { Refusal } from './refusal.ts'

/** Counts a refused token of an address. @returns seconds to wait if there were too many, else 0 */
export type CountRefusal = (address: string) => number | Promise<number>

const HINT = 'The address sent too many bad tokens; block it, or raise REFUSAL_LIMIT_MAX; behind a proxy, set TRUST_PROXY'

/**
 * Answers with an error, or with `rate_limited` in its place if the address sent too many bad tokens. Call it after the
 * check of the token, so that a good token works from any address.
 */
export function answerCounted (error: Error, request: { readonly ip: string | undefined }, count: CountRefusal, done: (error: Error) => void): void {
  if (!(error instanceof Refusal) || error.answer.error !== 'invalid_token') return done(error)
  const answer = (retryAfter: number): void => done(retryAfter === 0 ? error : new Refusal('rate_limited', { retryAfter, found: error.code, hint: HINT }))
  // The address of a connection that its client reset is unknown.
  const retryAfter = count(request.ip ?? '')
  if (retryAfter instanceof Promise) retryAfter.then(answer).catch(done)
  else answer(retryAfter)
}
