import { isObject } from '../mcp/message.ts'

/** A JSON object that a server answered with. */
export interface JsonAnswer {
  readonly status: number
  readonly headers: Headers
  readonly document: Readonly<Record<string, unknown>>
}

const TIMEOUT_MS = 10_000
/** Bytes of an answer. A page of a hundred clients of a tenant can have a megabyte. */
const MAX_BODY = 4 * 1024 * 1024
/** Characters of an answer that is no JSON. */
const MAX_SHOWN = 60

/**
 * Asks for a JSON object. Follows no redirect.
 * @throws Error that says what was found: the status and the type of the answer, or why there was none
 */
export async function fetchJson (url: string, init: RequestInit = {}): Promise<JsonAnswer> {
  const response = await ask(url, init)
  const { status, headers } = response
  const text = await bodyOf(response)
  const document = parse(text)
  if (isObject(document)) return { status, headers, document }

  const location = headers.get('location')
  if (location !== null) throw new Error(`status ${status}, a redirect to ${location}`)
  const type = headers.get('content-type') ?? 'no content type'
  throw new Error(`status ${status}, expected a JSON object, found ${text === '' ? 'an empty body' : `${JSON.stringify(text.slice(0, MAX_SHOWN))} (${type})`}`)
}

/**
 * Asks the token endpoint of an issuer.
 * @throws Error that names the issuer, and says what came in place of a JSON object, such as the page of a firewall
 */
export async function askForToken (issuer: string, form: Readonly<Record<string, string>>): Promise<JsonAnswer> {
  return fetchJson(`${issuer}oauth/token`, { method: 'POST', body: new URLSearchParams(form) })
    .catch((error: Error) => { throw new Error(`${issuer} gave no token: ${error.message}`) })
}

/**
 * The body of an answer, of at most 4 MiB.
 * @throws Error that says what happened, if the answer broke off or is longer
 */
export async function bodyOf (response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk)
      length += chunk.length
      if (length > MAX_BODY) break
    }
  } catch (error) {
    throw new Error(`status ${response.status}, then the answer broke off (${causeOf(error as Error)})`)
  }
  if (length > MAX_BODY) throw new Error(`status ${response.status}, then more than the ${MAX_BODY} bytes that an answer may have`)
  return new TextDecoder().decode(Buffer.concat(chunks))
}

/**
 * A `fetch` with a time limit, whose error says what happened.
 * @throws Error
 */
export async function ask (url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS), ...init })
    .catch((error: Error) => { throw new Error(`no answer from ${url} (${causeOf(error)})`) })
}

function causeOf (error: Error): string {
  if (error.name === 'TimeoutError') return 'timed out'
  const { code, message } = error.cause as NodeJS.ErrnoException
  return code ?? message
}

function parse (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
