import { until } from '../test/support/wire.ts'
import type { Running } from './running.ts'
import type { CallName } from './servers.ts'
import { userClaims, type Tokens } from './tokens.ts'

/** A call without its token, or the answer to one. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const VERSION = '2026-07-28'
const COMMON = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }

/** The calls that are measured. Their headers tell the bare servers what to answer. */
export const CALLS = {
  modern: modernCall('tools/call', 'whoami'),
  legacy: {
    headers: { ...COMMON, 'MCP-Protocol-Version': '2025-11-25' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } })
  },
  list: modernCall('tools/list')
} satisfies Record<CallName, Message>

// Node and Fastify write these themselves.
const OWN_HEADERS = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'])

/**
 * Waits until a server answers, then checks its answers: a server that leaves out a check would be fast.
 * @returns the answer to a good call
 * @throws Error with the first wrong answer
 */
export async function check ({ server, port }: Pick<Running, 'server' | 'port'>, call: CallName, tokens: Tokens): Promise<Message> {
  const good = tokens.one()
  await untilUp({ server, port }, call, good)

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

/** Waits until a server answers a call with 200. @throws Error after a minute */
export async function untilUp ({ server, port }: Pick<Running, 'server' | 'port'>, call: CallName, token: string, pauseMs = 20): Promise<void> {
  const isUp = () => send(call, port, token).then(({ status }) => status === 200, () => false)
  await until(isUp, () => `${server.name} does not answer ${call} with 200`, pauseMs)
}

async function send (call: CallName, port: number, token?: string) {
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

function modernCall (method: string, name?: string): Message {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const params = name === undefined ? { _meta } : { name, arguments: {}, _meta }
  return {
    headers: { ...COMMON, 'MCP-Protocol-Version': VERSION, 'Mcp-Method': method, ...(name !== undefined && { 'Mcp-Name': name }) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  }
}
