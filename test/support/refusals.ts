import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { REASONS, type Reason } from '../../auth/reasons.ts'
import type { Issuer } from '../../dev/issuer.ts'
import { build, call, METADATA, type LogLine, type Setup } from './build.ts'

const tail = `resource_metadata="${METADATA}", scope="tool:whoami"`

/** Every answer to a refused request, byte for byte. */
export const ANSWERS = {
  CHALLENGE: answer(401, undefined, 'Authentication required', `Bearer ${tail}`),
  INVALID_TOKEN: answer(401, 'invalid_token', 'The access token is not valid'),
  EXPIRED: answer(401, 'invalid_token', 'The access token expired'),
  OLD: answer(401, 'invalid_token', 'The access token is too old'),
  ENCRYPTED: answer(401, 'invalid_token', 'Encrypted token; request it with the API audience'),
  INVALID_REQUEST: answer(400, 'invalid_request', 'Send exactly one access token, in the Authorization header'),
  INSUFFICIENT_SCOPE: answer(403, 'insufficient_scope', 'The access token lacks a scope that this needs'),
  DENIED: { ...answer(403, 'access_denied', 'This caller is not admitted here'), challenge: undefined },
  FORBIDDEN: { ...answer(403, 'forbidden', 'Requests from or for this host are not accepted'), challenge: undefined },
  REPEATED: { ...answer(400, 'bad_request', 'A header that may stand once is repeated'), challenge: undefined },
  CODING: { ...answer(400, 'bad_request', 'Send the body in no transfer coding but chunked'), challenge: undefined },
  UNAVAILABLE: { ...answer(503, 'temporarily_unavailable', 'Access tokens cannot be checked just now'), challenge: undefined }
} as const

function answer (status: number, error: string | undefined, description: string, challenge = `Bearer error="${error}", error_description="${description}", ${tail}`) {
  return { status, challenge: challenge as string | undefined, body: { ...(error !== undefined && { error }), error_description: description } }
}

/** A request that differs from a good call of whoami. */
export interface Ask {
  /** Goes into `Authorization: Bearer …`. */
  readonly token?: string
  readonly headers?: Record<string, string>
  readonly url?: string
  readonly payload?: unknown
  /** Further texts that the log must not hold. */
  readonly secrets?: readonly string[]
}

/** A test: a request, and how the server answers it. */
export interface Row {
  /** The title of the test. */
  readonly name: string
  /** 200: whoami answers. */
  readonly answer: keyof typeof ANSWERS | 200
  /** The reason in the log. */
  readonly reason?: Reason
  /** Further members of the log line. */
  readonly log?: object
  /** Makes the request; a text is the token of a call of whoami. */
  readonly ask: (issuer: Issuer) => Ask | string
  /** Settings of the server. */
  readonly env?: Record<string, string>
}

/** Sends the request of a row. */
export async function send ({ post }: Setup, ask: Ask | string): Promise<LightMyRequestResponse> {
  const { token, headers, url = '/mcp', payload = call('whoami') } = typeof ask === 'string' ? { token: ask } : ask
  return post(payload, token, headers, url)
}

/**
 * Sends the request of a row, and checks the answer byte for byte, and that the log says why and holds nothing secret.
 */
export async function checkRow (t: Test, setup: Setup, { answer, reason, log = {}, ask }: Omit<Row, 'name' | 'env'>): Promise<LightMyRequestResponse> {
  const asked = ask(setup.issuer)
  const seen = setup.logs.length
  const response = await send(setup, asked)
  const lines = setup.logs.slice(seen)

  if (answer === 200) {
    t.equal(response.statusCode, 200)
    t.type(response.json().result?.structuredContent?.subject, 'string')
    t.notOk(lines.some(line => 'reason' in line), 'nothing is refused')
  } else {
    checkRefused(t, response, answer)
    const refusals = lines.filter(line => 'reason' in line)
    t.match(refusals, [{ msg: 'refused', reason, status: ANSWERS[answer].status, reqId: response.headers['x-request-id'], ...log }], 'one line says why')
    t.equal(refusals.length, 1)
    if (ANSWERS[answer].status < 500) t.notOk(lines.some(({ level }) => Number(level) > 30), 'the fault of a caller is logged as information')
  }
  checkQuiet(t, lines, secretsOf(asked))
  return response
}

/** Checks that a request was refused with exactly this answer. */
export function checkRefused (t: Test, { statusCode, headers, body }: Pick<LightMyRequestResponse, 'statusCode' | 'headers' | 'body'>, name: keyof typeof ANSWERS): void {
  const { status, challenge, body: expected } = ANSWERS[name]
  t.equal(statusCode, status)
  t.equal(headers['www-authenticate'], challenge)
  t.strictSame(JSON.parse(body), expected)
  t.match(headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'content-type': /^application\/json/, 'x-request-id': /./ })
  t.equal(headers['set-cookie'], undefined)
  t.equal(headers['x-injected'], undefined)
  if (status === 503) t.match(headers['retry-after'], /^[1-9]\d*$/)
}

/** What a log must never hold of a request: the token, any long part of it, and the secrets of the query. */
export function secretsOf (ask: Ask | string): string[] {
  const { token, headers = {}, secrets = [] } = typeof ask === 'string' ? { token: ask } : ask
  const tokens = [token, headers['authorization']?.replace(/^\w+\s+/, '')].filter(text => text !== undefined)
  return [...secrets, ...tokens.flatMap(text => [text, ...text.split(/[ .,]/)])].filter(text => text.length > 15)
}

/** Checks that log lines hold none of these secrets, and nothing that looks like a token. */
export function checkQuiet (t: Test, lines: readonly LogLine[], secrets: readonly string[]): void {
  const text = lines.map(line => JSON.stringify(line)).join('\n')
  t.strictSame(secrets.filter(secret => text.includes(secret)).map(secret => secret.slice(0, 40)), [], 'nothing secret is logged')
  t.notMatch(text, /eyJ[\w-]{20}/, 'nothing that looks like a token is logged')
}

/**
 * Makes one test of each row; rows with the same settings share a server. At the end, everything that the servers logged
 * is searched for every secret of every row, since a line may belong to an earlier request.
 */
export function testRows (t: Test, rows: readonly Row[]): void {
  const setups = new Map<string, Promise<Setup>>()
  const secrets = new Set<string>()
  for (const { name, env = {}, ask, ...row } of rows) {
    t.test(name, async t => {
      const setup = await setupFor(env)
      const asked = ask(setup.issuer)
      for (const secret of secretsOf(asked)) secrets.add(secret)
      await checkRow(t, setup, { ...row, ask: () => asked })
    })
  }
  t.test('J1 J6 the log of these refusals holds no secret, and reasons of the closed list only', async t => {
    const logs = (await Promise.all(setups.values())).flatMap(({ logs }) => logs)
    const reasons = logs.flatMap(line => 'reason' in line ? [String(line['reason'])] : [])
    checkQuiet(t, logs, [...secrets])
    t.ok(reasons.length > 0)
    t.strictSame(reasons.filter(reason => !Object.hasOwn(REASONS, reason)), [])
  })

  function setupFor (env: Record<string, string>): Promise<Setup> {
    const key = JSON.stringify(env)
    const setup = setups.get(key) ?? build(t, { env })
    setups.set(key, setup)
    return setup
  }
}
