import type { FastifyRequest } from 'fastify'

/**
 * Whether a header stands in the request more than once. Node keeps the first `Host`, `Authorization` or
 * `Content-Type` and drops the others, where a proxy in front may have read the last.
 *
 * @param name in lower case
 */
export function isRepeated ({ raw: { rawHeaders } }: FastifyRequest, name: string): boolean {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i] as string
    if (header.length === name.length && header.toLowerCase() === name) count++
  }
  return count > 1
}
