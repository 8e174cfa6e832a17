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
  /** Of the servers that are for no one workload in particular. */
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
  const inTurn = (of: string, count: number) => (round: number) => ({ file: of, first: 0, count, used: round * Math.floor(count / rounds), again: true })
  // The warm-up takes the first of the tokens again and again, more than a cache holds; each round has new ones.
  const first = Math.min(enough, Math.floor(count / 2))
  const share = Math.floor((count - first) / rounds)

  const [some, many] = [Math.min(5000, count), Math.min(100_000, count)]
  const good = { call: 'legacy', expect: 200, warmup: enough, takes: () => true } as const
  const bad = { call: 'modern', expect: 401, warmup: enough, takes: ({ name }: Server) => name !== 'bare-http' } as const

  const renewed = {
    ...good,
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
    { ...good, name: 'w1', title: 'one token', call: 'modern', tokens: inTurn(file, 1) },
    { ...good, name: 'w1-legacy', title: 'one token, 2025-11-25', tokens: inTurn(file, 1) },
    { ...good, name: 'w2', title: `${some} tokens in turn`, tokens: inTurn(file, some) },
    { ...good, name: 'w2b', title: `${many} tokens in turn`, warmup: Math.max(many, enough), takes: ({ kind }) => kind !== 'peer', tokens: inTurn(file, many) },
    { ...renewed, name: 'w3', title: 'every token new' },
    { ...bad, name: 'w4-none', title: 'no token', tokens: () => undefined },
    { ...bad, name: 'w4-garbage', title: 'garbage', tokens: inTurn(refused.garbage, refused.count) },
    { ...bad, name: 'w4-signature', title: 'bad signature', tokens: inTurn(refused.badSignature, refused.count) },
    { ...bad, name: 'w4-key', title: 'unknown key', tokens: inTurn(refused.unknownKey, refused.count) },
    { ...good, name: 'w5', title: '1,000 tools listed', call: 'list', warmup: 1000, takes: ({ kind }) => kind === 'bare', tokens: inTurn(file, 1) },
    { ...renewed, name: 'workers', title: 'every token new, all cores', takes: () => false }
  ]
}

/** Whether a server has a part in a workload. */
export function takesPart (server: Server, workload: Workload): boolean {
  const isMeant = server.only === undefined ? workload.takes(server) : server.only === workload.name
  return isMeant && server.calls.includes(workload.call)
}
