import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenOnLoopback } from '../listen.ts'
import { ApiError } from './api-error.ts'
import { createRateLimit } from './rate-limit.ts'
import { routes } from './routes.ts'
import { emptyTenant, type TenantState } from './state.ts'
import { issueToken, type ManagementClient } from './token.ts'

/** The state and the limits of the stand-in. */
export interface ManagementOptions {
  /** Default: an empty tenant. */
  readonly state?: TenantState
  /** Requests per second. Default: any number. */
  readonly rate?: number
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number
  /** The permissions that tokens do not have. Default: none. */
  readonly without?: readonly string[]
}

/** A stand-in for the Management API of one tenant. */
export interface ManagementApi extends ManagementClient {
  /** The domain of the tenant as a URL, with its trailing slash. */
  readonly url: string
  readonly state: TenantState
  /** The requests to the API so far, such as `PATCH tenants/settings`. */
  readonly requests: string[]
  /** Answers in place of the API: true if it did. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean
  close (): Promise<void>
}

/** Starts a stand-in for Auth0's Management API on loopback, with its paths, pages, refusals, rate limit, and a state. */
export async function startManagement ({ state = emptyTenant(), rate = Infinity, now = Date.now, without = [] }: ManagementOptions = {}): Promise<ManagementApi> {
  const limit = createRateLimit(rate, now)
  const server = createServer((request, response) => {
    if (api.intercept(request, response)) return
    answer(request, response).catch((error: unknown) => {
      // Anything but a refusal is a fault of the stand-in.
      const refusal = error instanceof ApiError ? error : new ApiError(500, 'fault', String(error))
      send(response, refusal.status, refusal)
    })
  })
  const { url, close } = await listenOnLoopback(server, 0)
  const api: ManagementApi = {
    url,
    state,
    requests: [],
    clientId: 'management-client',
    clientSecret: 'management-secret',
    token: 'management-token',
    intercept: () => false,
    close
  }

  async function answer (request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams: query } = new URL(request.url as string, url)
    const body = await text(request)
    if (pathname === '/oauth/token') {
      const [status, document] = issueToken(api, `${url}api/v2/`, new URLSearchParams(body))
      return send(response, status, document)
    }

    const requested = `${request.method} ${pathname.replace(/^\/api\/v2\//, '')}`
    api.requests.push(requested)
    if (request.headers.authorization !== `Bearer ${api.token}`) throw new ApiError(401, 'invalid_token', 'Expired token received for JSON Web Token validation')
    for (const [name, value] of Object.entries(limit.take())) response.setHeader(name, value)
    if (limit.isOver()) throw new ApiError(429, 'too_many_requests', 'Global limit has been reached')

    for (const [address, scopes, handler] of routes) {
      const match = new RegExp(`^${address.replaceAll('*', '([^/]+)')}$`).exec(requested)
      if (match === null) continue
      if (scopes.every(scope => without.includes(scope))) throw new ApiError(403, 'insufficient_scope', `Insufficient scope, expected any of: ${scopes.join(',')}`)
      const result = handler(state, { params: match.slice(1).map(decodeURIComponent), query, body: body === '' ? {} : JSON.parse(body) })
      return send(response, request.method === 'POST' ? 201 : 200, result)
    }
    throw new ApiError(404, 'not_found', 'Not Found')
  }

  return api
}

/** Sends JSON, or an empty body for undefined. */
function send (response: Parameters<RequestListener>[1], status: number, document: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(document === undefined ? '' : JSON.stringify(document))
}
