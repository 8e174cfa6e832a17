import { randomBytes } from 'node:crypto'

/** Makes request ids that are unique across processes and restarts, so that an id from a caller finds its log line. */
export function requestIds (): () => string {
  const start = randomBytes(4).toString('hex')
  let count = 0
  return () => `${start}-${(count++).toString(36)}`
}
