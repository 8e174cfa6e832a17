import type { LightMyRequestResponse } from 'fastify'

type Answer = Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'body'>

/** Checks what every answer of the endpoint has in common, for any request. Throws where one thing is missing. */
export function mustBeSound (response: Answer): void {
  const { statusCode, headers, body } = response
  const description = `${statusCode} ${JSON.stringify(headers)} ${body.slice(0, 500)}`
  must(statusCode >= 200 && statusCode < 500, description)
  must(headers['cache-control'] === 'no-store' && headers['x-content-type-options'] === 'nosniff', description)
  must(headers['set-cookie'] === undefined, description)
  must(!/node_modules|fast-?jwt|fastify|at .*:\d+:\d+|FST_/i.test(body), description)
  must((statusCode === 401) <= (headers['www-authenticate'] !== undefined), description)
  const challenge = headers['www-authenticate'] ?? 'Bearer x="y"'
  must(typeof challenge === 'string' && /^Bearer (?:[a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]*"(?:, |$))+$/.test(challenge), description)

  if (statusCode === 202) return must(body === '', description)
  must(/^application\/json(?:;|$)/.test(String(headers['content-type'])) || isEventStream(response), description)
  const answer = message(response)
  must(typeof answer === 'object' && answer !== null, description)
}

/** Checks an answer to a caller who was let in: it is JSON-RPC, and names no fault of the server. */
export function mustBeRpc (response: Answer): void {
  const { statusCode, headers, body } = response
  if (statusCode === 202 || headers['www-authenticate'] !== undefined) return
  for (const answer of [message(response)].flat() as Record<string, any>[]) {
    must(answer['jsonrpc'] === '2.0' && ('result' in answer !== 'error' in answer), body)
    must(answer['error'] === undefined || (answer['error'].code !== -32603 && Number.isInteger(answer['error'].code)), body)
    const { id } = answer
    const isUnread = id === null || id === undefined
    must(isUnread ? 'error' in answer : typeof id === 'string' || Number.isInteger(id), body)
  }
}

/** A client that accepts nothing but an event stream gets its answer as one. */
function isEventStream ({ statusCode, headers }: Answer): boolean {
  return statusCode === 200 && headers['content-type'] === 'text/event-stream'
}

/** The JSON of an answer, which in an event stream is the data of its only event. */
function message (response: Answer): unknown {
  if (!isEventStream(response)) return JSON.parse(response.body)
  const [, data] = /^event: message\ndata: (.*)\n\n$/.exec(response.body) ?? []
  must(data !== undefined, response.body)
  return JSON.parse(data as string)
}

/** Throws unless a condition holds. */
export function must (holds: boolean, description: string): void {
  if (!holds) throw new Error(`not sound: ${description}`)
}
