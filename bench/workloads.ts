import type { Pool } from './pool.ts'
import type { RefusedTokens } from './refused.ts'
import type { CallName } from './requests.ts'
import type { Server } from './servers.ts'
import type { TokenRange } from './tokens.ts'

/** What is asked of the servers, and with which tokens. */
export interface Workload {
  readonly name: string
  readonly title: string
  readonly call: CallName
  /** What all but the bare servers answer. */
  readonly expect: number
  /** Requests before the first round: enough for the code to be compiled and the caches to be filled. */
  readonly warmup: number
  takes (server: Server): boolean
  /** The tokens of a round; round 0 is the warm-up. */
  tokens (round: number): TokenRange | undefined
}

// By then the code of a server under test is compiled, however little time it gets on a busy machine.
const enough = 20_000

/** Every workload that is a matter of rounds of requests as fast as they are answered. */
export function roundWorkloads (pool: Pool, refused: RefusedTokens, rounds: number): readonly Workload[] {
  const { file, count } = pool
  // Each round goes on further down the list: of many tokens, none is to come again soon.
  const inTurn = (of: string, many: number) => (round: number) => ({ file: of, first: 0, count: many, used: round * Math.floor(many / rounds), again: true })
  // The warm-up takes the first of the tokens again and again, more than a cache holds; each round has new ones.
  const first = Math.min(enough, Math.floor(count / 2))
  const share = Math.floor((count - first) / rounds)

  const some = Math.min(5000, count)
  const good = { call: 'modern', expect: 200, warmup: enough, takes: whoamiServer } as const
  const bad = { call: 'modern', expect: 401, warmup: enough, takes: notBareHttp } as const

  const renewed = {
    ...good,
    call: 'legacy',
    warmup: 3 * enough,
    tokens: (round: number) => ({
      file,
      first: round === 0 ? 0 : first + (round - 1) * share,
      count: round === 0 ? first : share,
      used: 0,
      again: round === 0
    })
  } as const

  return [
    { ...good, name: 'w1', title: 'one token', tokens: inTurn(file, 1) },
    { ...good, name: 'w1-legacy', title: 'one token, 2025-11-25', call: 'legacy', tokens: inTurn(file, 1) },
    { ...good, name: 'w2', title: `${some} tokens in turn`, call: 'legacy', tokens: inTurn(file, some) },
    { ...good, name: 'w2b', title: `${count} tokens in turn`, warmup: Math.max(count, enough), takes: notPeer, tokens: inTurn(file, count) },
    { ...renewed, name: 'w3', title: 'every token new', takes: ({ name }) => whoamiServer({ name }) || name === 'bare-verify' },
    { ...bad, name: 'w4-none', title: 'no token', tokens: () => undefined },
    { ...bad, name: 'w4-garbage', title: 'garbage', tokens: inTurn(refused.garbage, refused.count) },
    { ...bad, name: 'w4-signature', title: 'bad signature', tokens: inTurn(refused.badSignature, refused.count) },
    { ...bad, name: 'w4-key', title: 'unknown key', tokens: inTurn(refused.unknownKey, refused.count) },
    { ...good, name: 'w5', title: '1,000 tools listed', call: 'list', warmup: 1000, takes: listServer, tokens: inTurn(file, 1) },
    { ...renewed, name: 'workers', title: 'every token new, all cores', takes: ({ name }) => name === 'ours-1' || name === 'ours-2' }
  ]
}

const special = ['bare-verify', 'ours-tools', 'ours-1', 'ours-2']

function whoamiServer ({ name }: Pick<Server, 'name'>): boolean {
  return !special.includes(name)
}

function notPeer (server: Server): boolean {
  return whoamiServer(server) && server.kind !== 'peer'
}

function notBareHttp (server: Server): boolean {
  return whoamiServer(server) && server.name !== 'bare-http'
}

function listServer ({ kind, name }: Server): boolean {
  return (kind === 'bare' && name !== 'bare-verify') || name === 'ours-tools'
}
