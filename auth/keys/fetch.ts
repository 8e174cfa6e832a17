import { get as getOverHttp, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { get as getOverHttps } from 'node:https'
import { connectionAdvice } from './connection-advice.ts'

/** A key set could not be fetched or used. The message, for the log, says why and names the URL. */
export class KeySetError extends Error {
  /** Seconds that the issuer asked us to wait (`Retry-After`). */
  readonly retryAfter: number | undefined

  constructor (problem: string, url: string, options: { cause?: unknown, retryAfter?: number | undefined } = {}) {
    super(`${problem} [${url}]`, { cause: options.cause })
    this.name = 'KeySetError'
    this.retryAfter = options.retryAfter
  }
}

/** Longest key set. */
const MAX_BYTES = 512 * 1024
const BROKEN_CONNECTION = new Set(['ECONNRESET', 'EPIPE'])
// Some firewalls refuse a request without a User-Agent.
const HEADERS = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'auth0-mcp-server' }

/**
 * Fetches a JWK set (RFC 7517 §5): no redirects, a bounded body, a timeout that holds for all of it, and one more try
 * when the connection breaks, as one that was kept open may.
 *
 * @param timeout milliseconds
 * @param cancelled ends the fetch from outside
 * @returns the members of `keys`, unchecked
 * @throws KeySetError
 */
export async function fetchKeys (url: string, timeout: number, cancelled: AbortSignal): Promise<readonly unknown[]> {
  // Not AbortSignal.any: Node 20 collects its signal as garbage, and the timeout with it.
  const ending = new AbortController()
  const { signal } = ending
  const end = (): void => ending.abort()
  const timer = setTimeout(end, timeout)
  cancelled.addEventListener('abort', end)
  if (cancelled.aborted) end()

  return read(url, signal)
    .catch(error => {
      if (BROKEN_CONNECTION.has(error.code)) return read(url, signal)
      throw error
    })
    .then(body => members(body, url))
    .catch(cause => {
      if (cause instanceof KeySetError) throw cause
      throw new KeySetError(signal.aborted ? `no answer within ${timeout} ms: the issuer is slow, or a firewall drops the packets` : `no answer${connectionAdvice(cause.code)}`, url, { cause })
    })
    .finally(() => {
      clearTimeout(timer)
      cancelled.removeEventListener('abort', end)
    })
}

// Not `fetch`: it makes the start a tenth slower and takes 10 MB.
async function read (url: string, signal: AbortSignal): Promise<string> {
  const get = url.startsWith('https:') ? getOverHttps : getOverHttp
  const response = await responseTo(get(url, { signal, headers: HEADERS }), signal)
  try {
    if (response.statusCode !== 200) throw new KeySetError(`status ${response.statusCode}${statusHint(response.statusCode as number)}`, url, { retryAfter: retryAfter(response.headers) })
    const encoding = response.headers['content-encoding'] ?? ''
    if (!/^(?:identity)?$/i.test(encoding)) throw new KeySetError(`encoded as ${JSON.stringify(encoding)}, though not asked for`, url)

    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of response) {
      length += chunk.length
      if (length > MAX_BYTES) throw new KeySetError(`longer than ${MAX_BYTES} bytes`, url)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString()
  } finally {
    // A response that is not read to its end would hold its connection.
    if (!response.readableEnded) response.destroy()
  }
}

function responseTo (request: ClientRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    // The listener stays, since an error after the response would otherwise end the process.
    request.on('error', reject)
    // A response with status 101 emits neither 'response' nor 'error'.
    request.on('close', () => reject(new Error('the connection was closed without a response')))
    // A request that waits for the tunnel of a proxy emits none of the three.
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function members (body: string, url: string): readonly unknown[] {
  let keys: unknown
  try {
    keys = JSON.parse(body)?.keys
  } catch {
    throw new KeySetError('not JSON', url)
  }
  if (!Array.isArray(keys)) throw new KeySetError('not a JWK set', url)
  return keys
}

function statusHint (status: number): string {
  if (status === 401 || status === 403) return ': every issuer shows its keys to all, so a firewall or a proxy refuses the request'
  if (status === 404 || status === 410) return ': there is no key set, check AUTH0_DOMAIN'
  if (status === 304) return ': the request was not conditional, so a cache in front of the issuer answers wrongly'
  return status >= 300 && status < 400 ? ': redirects are not followed, AUTH0_DOMAIN must name the final domain' : ''
}

/** Seconds to wait: a number, or a date by the issuer's own clock (RFC 9110 §10.2.3). */
function retryAfter ({ 'retry-after': value = '', date = '' }: IncomingHttpHeaders): number | undefined {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  const wait = (Date.parse(value) - Date.parse(date)) / 1000
  return wait >= 0 ? wait : undefined
}
