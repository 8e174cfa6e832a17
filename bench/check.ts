import { CALLS, type CallName } from './calls.ts'
import { until, type Running } from './running.ts'
import type { Tokens } from './tokens.ts'
import { userClaims } from './tokens.ts'

/** What a server answers to a good call. */
export interface Answer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

// Node and Fastify write these themselves.
const OWN_HEADERS = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'])

/**
 * Waits until a server answers, then checks its answers: a server that leaves out a check would be fast.
 * @returns the answer to a good call
 * @throws Error with the first wrong answer
 */
export async function check ({ server, port }: Running, call: CallName, tokens: Tokens): Promise<Answer> {
  const good = tokens.one()
  await until(async () => (await send(call, port, good)).status === 200)
    .catch(() => { throw new Error(`${server.name} does not answer ${call} with 200`) })

  if (server.kind !== 'bare') {
    for (const [what, token, expected] of refusals(tokens)) {
      // tools/list needs a good token but no scope.
      const status = call === 'list' && expected === 403 ? 200 : expected
      const answer = await send(call, port, token)
      if (answer.status !== status) throw new Error(`${server.name} answers ${answer.status}, not ${status}, to ${what}`)
    }
  }

  const { headers, text } = await send(call, port, good)
  if (!isRight(call, text)) throw new Error(`${server.name} answers ${call} with ${text.slice(0, 300)}`)
  return { headers: Object.fromEntries([...headers].filter(([name]) => !OWN_HEADERS.has(name))), body: text }
}

/** Sends one call. */
export async function send (call: CallName, port: number, token?: string) {
  const { headers, body } = CALLS[call]
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST', headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) }, body
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

function refusals ({ one }: Tokens): readonly (readonly [string, string | undefined, 401 | 403])[] {
  const now = Math.floor(Date.now() / 1000)
  return [
    ['no token', undefined, 401],
    ['garbage', 'garbage', 401],
    ['an expired token', one({ iat: now - 7200, exp: now - 3600 }), 401],
    ['a token for another audience', one({ aud: 'https://other.example.com/' }), 401],
    ['a token of another issuer', one({ iss: 'https://other.example.com/' }), 401],
    ['a token without an expiry', one({ exp: undefined }), 401],
    ['a token without a client', one({ azp: undefined }), 401],
    ['a signature of another token', one({ sub: 'auth0|other' }).replace(/[^.]+$/, '') + one().replace(/.*\./, ''), 401],
    ['an unknown key', one({}, { kid: 'unknown' }), 401],
    ['a token without the scope', one({ scope: 'openid', permissions: [] }), 403]
  ]
}

function isRight (call: CallName, text: string): boolean {
  const { result } = JSON.parse(text)
  if (call === 'list') return result.tools.length === 1000

  const { subject, clientId, issuer, audience, scopes } = result.structuredContent
  const { sub } = userClaims('', 0)
  return subject === sub && clientId !== '' && issuer.endsWith('/') && [audience].flat().length > 0 &&
    scopes.includes('tool:whoami') && result.content[0].text.includes(sub)
}
