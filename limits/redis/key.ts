import { createHash } from 'node:crypto'

/** Half a surrogate pair: JSON can hold one, and a `sub` too. */
const HALF = /\p{Cs}/u

/**
 * A key in Redis: a digest, because a key of a caller holds a name and may be long.
 * @param name keeps apart what does not share: servers, or pages
 * @param kind such as `rate`
 */
export function redisKey (name: string, kind: string, key: string): string {
  const text = `${name}\n${key}`
  // UTF-8 has the same three bytes for each half, so two callers would share a key.
  return `mcp:${kind}:${createHash('sha256').update(text, HALF.test(text) ? 'utf16le' : 'utf8').digest('base64url')}`
}
