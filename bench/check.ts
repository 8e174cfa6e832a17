import { signToken, userClaims } from './issuer.ts'
import type { Identity } from './issuer.ts'
import { calls, send } from './requests.ts'
import type { CallName } from './requests.ts'
import type { Running } from './running.ts'
import { until } from './running.ts'

/** What a server answers to a good call. */
export interface Answer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

// Node or Fastify write these by themselves.
const ownHeaders = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'])

/**
 * Waits until a server answers, then insists that its answers are right, so that nothing is measured
 * that is fast because it leaves something out. Gives the answer to the good call.
 */
export async function check ({ server, port }: Running, call: CallName, identity: Identity): Promise<Answer> {
  const good = tokenOf(identity)
  await until(async () => (await send(calls[call], port, good)).status === 200)
    .catch(() => { throw new Error(`${server.name} does not answer ${call} with 200`) })

  if (server.kind !== 'bare') {
    for (const [what, token, expected] of refusals(identity)) {
      // Listing tools needs a good token, and no permission beyond.
      const status = call === 'list' && expected === 403 ? 200 : expected
      const response = await send(calls[call], port, token)
      if (response.status !== status) throw new Error(`${server.name} answers ${response.status}, not ${status}, to ${what}`)
    }
  }

  const { headers, text } = await send(calls[call], port, good)
  if (!isRight(call, text)) throw new Error(`${server.name} answers ${call} with ${text.slice(0, 300)}`)
  return { headers: Object.fromEntries([...headers].filter(([name]) => !ownHeaders.has(name))), body: text }
}

function refusals (identity: Identity): readonly (readonly [string, string | undefined, number])[] {
  const now = Math.floor(Date.now() / 1000)
  const good = tokenOf(identity)

  return [
    ['no token', undefined, 401],
    ['garbage', 'garbage', 401],
    ['an expired token', tokenOf(identity, { iat: now - 7200, exp: now - 3600 }), 401],
    ['a token for another audience', tokenOf(identity, { aud: 'https://other.example.com/' }), 401],
    ['a token of another issuer', tokenOf(identity, { iss: 'https://other.example.com/' }), 401],
    ['a token without an end', tokenOf(identity, { exp: undefined }), 401],
    ['a token without a client', tokenOf(identity, { azp: undefined }), 401],
    ['a signature over something else', tokenOf(identity, { sub: 'auth0|other' }).replace(/[^.]+$/, '') + good.replace(/.*\./, ''), 401],
    ['a key that is not known', tokenOf(identity, {}, { kid: 'unknown' }), 401],
    ['a token that lacks the scope', tokenOf(identity, { scope: 'openid', permissions: [] }), 403]
  ]
}

function tokenOf (identity: Identity, claims = {}, header = {}): string {
  return signToken(identity, { ...userClaims(identity.issuer, 0), ...claims }, header)
}

function isRight (call: CallName, text: string): boolean {
  const { result } = JSON.parse(text)
  if (call === 'list') return result.tools.length === 1000

  const { subject, clientId, issuer, audience, scopes } = result.structuredContent
  const { sub, azp } = userClaims('', 0)
  return subject === sub && clientId === azp && issuer.endsWith('/') && [audience].flat().length > 0 &&
    scopes.includes('tool:whoami') && result.content[0].text.includes(sub)
}
