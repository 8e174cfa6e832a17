import { randomBytes } from 'node:crypto'
import { encode } from '../dev/signing.ts'
import type { CallName, Server } from './servers.ts'
import { TOKEN_COUNT, type Tokens } from './tokens.ts'

/** A call without its token, or the answer to one. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The requests to the servers, and their tokens. */
export interface Workload {
  readonly name: string
  readonly title: string
  readonly call: CallName
  /** The status of every answer; the bare servers always answer 200. */
  readonly expect: 200 | 401
  /** Requests to a new process before the first round, so that its code is compiled and its caches are full. */
  readonly warmUp: number
  /** How many times more a request costs than in W1, roughly: rounds have that many times fewer requests. */
  readonly weight: number
  /** Whether it is for a server that names no workloads of its own. */
  takes (server: Server): boolean
  /** The token of the n-th request to a process. */
  token (n: number): string | undefined
}

const VERSION = '2026-07-28'
const COMMON = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
const FEW = 5000
const WARM_UP = 12_000

/** The calls that are measured. Their headers tell the bare servers what to answer. */
export const CALLS = {
  modern: modernCall('tools/call', 'whoami'),
  legacy: {
    headers: { ...COMMON, 'MCP-Protocol-Version': '2025-11-25' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'whoami', arguments: {} } })
  },
  list: modernCall('tools/list')
} satisfies Record<CallName, Message>

/** The bad tokens of the refusal workloads, each different. They are made of good tokens, so that no key is needed. */
const SPOILED = {
  garbage: (token: string) => randomBytes(token.length >> 1).toString('hex'),
  signature: (token: string) => token.replace(/[^.]+$/, randomSignature()),
  key: (token: string) => token.replace(/^[^.]+/, encode({ alg: 'RS256', typ: 'JWT', kid: randomBytes(16).toString('base64url').slice(0, 21) }))
}

/** Every workload that is measured in rounds. */
export function roundWorkloads ({ good }: Tokens): readonly Workload[] {
  const inTurn = (list: readonly string[], count = list.length) => (n: number) => list[n % count]
  const spoiled = (kind: keyof typeof SPOILED) => inTurn(good.slice(0, FEW).map(SPOILED[kind]))
  const valid = { call: 'legacy', expect: 200, warmUp: WARM_UP, weight: 1, takes: () => true } as const
  const refused = { call: 'modern', expect: 401, warmUp: WARM_UP, weight: 1, takes: ({ name }: Server) => name !== 'bare-http' } as const
  const renewed = {
    ...valid,
    weight: 2,
    token (n: number) {
      if (n >= good.length) throw new Error(`W3 needs a new token for each request and has ${good.length}: lower --rounds or --requests`)
      return good[n]
    }
  } as const

  return [
    { ...valid, name: 'w1', title: 'one token', call: 'modern', token: inTurn(good, 1) },
    { ...valid, name: 'w1-legacy', title: 'one token, 2025-11-25', token: inTurn(good, 1) },
    { ...valid, name: 'w2', title: `${FEW} tokens in turn`, token: inTurn(good, FEW) },
    { ...valid, name: 'w2b', title: `${TOKEN_COUNT} tokens in turn`, weight: 2, warmUp: TOKEN_COUNT + FEW, takes: ({ kind }) => kind !== 'peer', token: inTurn(good, TOKEN_COUNT) },
    { ...renewed, name: 'w3', title: 'each token new' },
    { ...refused, name: 'w4-none', title: 'no token', token: () => undefined },
    { ...refused, name: 'w4-garbage', title: 'garbage', token: spoiled('garbage') },
    { ...refused, name: 'w4-signature', title: 'bad signature', weight: 2, token: spoiled('signature') },
    { ...refused, name: 'w4-key', title: 'unknown key', token: spoiled('key') },
    { ...valid, name: 'w5', title: '1,000 tools listed', call: 'list', warmUp: 500, weight: 20, takes: ({ kind }) => kind === 'bare', token: inTurn(good, 1) },
    { ...renewed, name: 'workers', title: 'each token new, both cores', takes: () => false }
  ]
}

/** Whether a server has a part in a workload. */
export function takesPart (server: Server, workload: Workload): boolean {
  const isMeant = server.only?.includes(workload.name) ?? workload.takes(server)
  return isMeant && server.calls.includes(workload.call)
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

/** The first byte 0 keeps it below any modulus, so that the whole check is done. */
function randomSignature (): string {
  return Buffer.concat([Buffer.alloc(1), randomBytes(255)]).toString('base64url')
}
