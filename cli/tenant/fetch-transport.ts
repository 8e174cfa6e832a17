import { ask, bodyOf } from '../fetch-json.ts'
import type { Ask } from './management.ts'

/**
 * Asks the Management API with a token.
 * @param base its URL, `https://TENANT/api/v2/`
 */
export function fetchTransport (base: string, token: string): Ask {
  return async (method, path, body) => {
    const response = await ask(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) })
    })
    const reset = Number(response.headers.get('x-ratelimit-reset'))
    const type = response.headers.get('content-type') ?? 'no content type'
    return { status: response.status, document: parse(await bodyOf(response), type), ...(reset > 0 && { retryAt: 1000 * reset }) }
  }
}

function parse (text: string, type: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    // A proxy answered, or the domain is no tenant.
    return { message: `expected JSON, found ${JSON.stringify(text.slice(0, 60))} (${type})` }
  }
}
