import type { IncomingHttpHeaders } from 'node:http'
import { Refusal } from '../auth/refusal.ts'
import { hasSmallBody } from './small-body.ts'

/**
 * Requests with a large body that may wait for a key at the same time. Node buffers a body that nobody reads yet, and in
 * tiny pieces each takes some megabytes.
 */
export const MAX_WAITING_BODIES = 8

/**
 * Bounds the large bodies that wait; small ones always wait.
 * @returns a function that counts the body of a request until the promise settles. It throws a Refusal if too many
 *   large bodies wait already
 */
export function boundWaitingBodies (): (headers: IncomingHttpHeaders, key: Promise<unknown>) => void {
  let waitingBodies = 0
  return (headers, key) => {
    if (hasSmallBody(headers)) return
    if (waitingBodies === MAX_WAITING_BODIES) {
      // Nothing waits for this key any more, and an unhandled rejection would end the process.
      key.catch(() => {})
      throw new Refusal('keys_unavailable', { retryAfter: 1 })
    }
    const leave = (): void => { waitingBodies-- }
    waitingBodies++
    key.then(leave, leave)
  }
}
