import type { ApiRequest } from '../mcp/api.ts'
import { redirected, refusedByApi, unavailable } from './faults.ts'
import { placeOf, redirectTarget, urlOf } from './path.ts'
import { prepare, redirectedRequest, type Prepared } from './request.ts'

/** Gives the token of the API. It is called after the request was checked. */
export type TokenSource = () => Promise<string>

/** Sends a request to the one place that it is bound to. */
export type BoundFetch = (path: string, init: ApiRequest, signal: AbortSignal, token: TokenSource) => Promise<Response>

const MAX_REDIRECTS = 5
const REDIRECTS = [301, 302, 303, 307, 308]
// Taken before tools run: a tool could replace the global `fetch` and see the token.
const { fetch } = globalThis

/**
 * Binds `fetch` to the URL of an API. The token is added after the tool's part of the request is checked and copied. No
 * error of `fetch` is passed on, since some hold the request.
 */
export function boundFetch (audience: string, baseUrl: string): BoundFetch {
  const place = placeOf(baseUrl)

  return async function send (path, init, signal, token) {
    let url = urlOf(place, path)
    let request = prepare(init)
    const bearer = await token()
    request.headers.set('authorization', `Bearer ${bearer}`)

    let response = await fetchOnce(url, request, signal)
    let location = locationOf(response)
    for (let redirects = 0; location !== null; redirects++) {
      await discard(response)
      const target = redirects < MAX_REDIRECTS ? redirectTarget(place, location, url) : undefined
      if (target === undefined) throw redirected(audience)
      request = redirectedRequest(request, response.status)
      url = target
      response = await fetchOnce(url, request, signal)
      location = locationOf(response)
    }
    if (response.status !== 401 && response.status !== 403) return response
    await discard(response)
    throw refusedByApi(response, audience, bearer)
  }

  async function fetchOnce (url: URL, { method, headers, body }: Prepared, signal: AbortSignal): Promise<Response> {
    signal.throwIfAborted()
    try {
      return await fetch(url, { method, headers, body: (body ?? null) as Exclude<RequestInit['body'], undefined>, signal, redirect: 'manual' })
    } catch {
      signal.throwIfAborted()
      throw unavailable(`The API ${JSON.stringify(audience)}`)
    }
  }
}

function locationOf ({ status, headers }: Response): string | null {
  return REDIRECTS.includes(status) ? headers.get('location') : null
}

// A body that nobody reads would hold the connection.
async function discard (response: Response): Promise<void> {
  await response.body?.cancel()
}
