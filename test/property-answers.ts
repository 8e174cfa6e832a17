import type { LightMyRequestResponse } from 'fastify'

/** What any answer of the endpoint owes, whatever was asked. Throws where it is not so. */
export function mustBeSound ({ statusCode, headers, body }: Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'body'>): void {
  const told = `${statusCode} ${JSON.stringify(headers)} ${body.slice(0, 500)}`
  must(statusCode >= 200 && statusCode < 500, told)
  must(headers['cache-control'] === 'no-store' && headers['x-content-type-options'] === 'nosniff', told)
  must(headers['set-cookie'] === undefined, told)
  must(!/node_modules|fast-?jwt|fastify|at .*:\d+:\d+|FST_/i.test(body), told)
  must((statusCode === 401) <= (headers['www-authenticate'] !== undefined), told)
  const challenge = headers['www-authenticate'] ?? 'Bearer x="y"'
  must(typeof challenge === 'string' && /^Bearer (?:[a-z_]+="[\x20\x21\x23-\x5b\x5d-\x7e]*"(?:, |$))+$/.test(challenge), told)

  if (statusCode === 202) return must(body === '', told)
  must(/^application\/json(?:;|$)/.test(String(headers['content-type'])), told)
  const answer: unknown = JSON.parse(body)
  must(typeof answer === 'object' && answer !== null, told)
}

/** What an answer owes beyond that where the caller was let in: it is JSON-RPC, and nothing of ours went wrong. */
export function mustBeRpc ({ statusCode, headers, body }: LightMyRequestResponse): void {
  if (statusCode === 202 || headers['www-authenticate'] !== undefined) return
  for (const answer of [JSON.parse(body)].flat()) {
    must(answer.jsonrpc === '2.0' && ('result' in answer !== 'error' in answer), body)
    must(answer.error === undefined || (answer.error.code !== -32603 && Number.isInteger(answer.error.code)), body)
    must(answer.id === null || typeof answer.id === 'string' || Number.isInteger(answer.id), body)
  }
}

export function must (holds: boolean, told: string): void {
  if (!holds) throw new Error(`not sound: ${told}`)
}
