import type { FastifyRequest } from 'fastify'

/**
 * Whether a request has a header more than once. Node keeps the first `Host`, `Authorization` or `Content-Type` and
 * drops the others, while a proxy in front may have used the last.
 *
 * @param name in lower case
 */
export function isRepeated ({ raw: { rawHeaders } }: FastifyRequest, name: string): boolean {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i] as string
    if (header.length === name.length && (header === name || header.toLowerCase() === name)) count++
  }
  return count > 1
}
