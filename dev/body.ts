import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** Bytes. Forms and requests for tokens are far smaller. */
export const MAX_BODY_LENGTH = 65_536

/** An error that Koa answers as its members say. */
export interface AnsweredError extends Error {
  readonly status: number
  readonly expose: boolean
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The body of a request.
 * @throws AnsweredError with status 413, which closes the connection, beyond `MAX_BODY_LENGTH`
 */
export function bodyOf (request: IncomingMessage): Promise<string> {
  return text(bounded(request))
}

async function * bounded (request: IncomingMessage): AsyncGenerator<Buffer> {
  let length = 0
  // The connection stays for the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > MAX_BODY_LENGTH) throw tooLarge()
    yield chunk
  }
}

function tooLarge (): AnsweredError {
  return Object.assign(new Error(`The body is larger than ${MAX_BODY_LENGTH} bytes`), { status: 413, expose: true, headers: { connection: 'close' } })
}
