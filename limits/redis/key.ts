import { createHash } from 'node:crypto'

/** A key in Redis: a digest, because a key of a caller holds a name and may be long. */
export function redisKey (name: string, kind: string, key: string): string {
  return `mcp:${kind}:${createHash('sha256').update(`${name}\n${key}`).digest('base64url')}`
}
