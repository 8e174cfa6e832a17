import type { ApiRequest } from '../mcp/api.ts'

/** A request without its URL. The headers are a copy. */
export interface Prepared {
  readonly method: string
  readonly headers: Headers
  readonly body: ApiRequest['body'] | undefined
}

/** Credentials, the place that a request goes to, and the connection belong to the server. */
const OWN = /^(?:authorization|proxy-.*|cookie2?|dpop|host|forwarded|x-forwarded-.*|x-original-.*|x-rewrite-.*|connection|keep-alive|te|trailer|transfer-encoding|content-length|upgrade|expect)$/
// Taken before tools run: a tool could replace the global `Headers` and see the token.
const { Headers } = globalThis
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * Checks and copies the tool's part of a request. Each member is read once, so that it cannot change after the check.
 * @throws TypeError
 */
export function prepare (init: ApiRequest): Prepared {
  const { method = 'GET', headers: given, body } = init
  if (typeof method !== 'string' || !METHODS.includes(method.toUpperCase())) throw new TypeError(`expected a method, one of ${METHODS.join(', ')}`)
  // The type of the platform knows no readonly arrays.
  const headers = new Headers(given as ConstructorParameters<typeof Headers>[0])
  for (const name of headers.keys()) if (OWN.test(name)) throw new TypeError(`expected no header ${JSON.stringify(name)}: it belongs to the server`)
  if (body !== undefined && !isBody(body)) throw new TypeError('expected a body that is a string, bytes, a Blob, URLSearchParams or FormData')
  return { method: method.toUpperCase(), headers, body }
}

/** The request that follows a redirect (Fetch, "HTTP-redirect fetch", steps 12 and 13). */
export function redirectedRequest (request: Prepared, status: number): Prepared {
  const { method } = request
  const becomesGet = status === 303 ? method !== 'HEAD' && method !== 'GET' : status <= 302 && method === 'POST'
  if (!becomesGet) return request
  const headers = new Headers(request.headers)
  for (const name of [...headers.keys()]) if (name.startsWith('content-')) headers.delete(name)
  return { method: 'GET', headers, body: undefined }
}

function isBody (body: unknown): boolean {
  return typeof body === 'string' || ArrayBuffer.isView(body) || [URLSearchParams, FormData, Blob].some(type => body instanceof type)
}
