import { parseArgs } from 'node:util'
import { allServers } from './servers.ts'

/** How one run of the bench is to go. */
export interface Options {
  readonly workloads: readonly string[]
  readonly servers: readonly string[]
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  readonly tokens: number
  readonly dist: string
  readonly long: boolean
  readonly fresh: boolean
  readonly write: boolean
  readonly json: string | undefined
  readonly profile: string | undefined
}

const workloadNames = [
  'w1', 'w1-legacy', 'w2', 'w2b', 'w3', 'w4-none', 'w4-garbage', 'w4-signature', 'w4-key', 'w5', 'workers', 'tail', 'start', 'memory'
]

/** What `--help` prints. */
export const usage = `npm run bench -- [options]

  --workload a,b     run these only: w1 w1-legacy w2 w2b w3 w4-none w4-garbage w4-signature w4-key
                     w5 workers tail start memory (default: all but memory)
  --server a,b       run these only: bare-fastify bare-http bare-verify ours ours-log sdk2-fastify sdk2-express
                     sdk1-express fastmcp
  --seconds n        length of a round (0.7)
  --rounds n         rounds of each server and workload, interleaved; medians are reported (11)
  --connections n    keep-alive connections, one request in flight on each (32)
  --tokens n         live tokens to make (140000); kept in the temporary directory for twelve hours
  --fresh            make new tokens even so
  --long             also run the memory workload: 1,200,000 requests
  --dist dir         where the built server is (dist); the one of w5 is always built from here
  --profile dir      write a CPU profile of every server there; "tsx bench/hot.ts file" sums one up
  --json file        write every figure there as well, round by round
  --write            put the tables of a whole run into bench/README.md
`

/** Reads the command line. Throws with a sentence about what is wrong with it. */
export function readOptions (args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      workload: { type: 'string', default: '' },
      server: { type: 'string', default: '' },
      seconds: { type: 'string', default: '0.7' },
      rounds: { type: 'string', default: '11' },
      connections: { type: 'string', default: '32' },
      tokens: { type: 'string', default: '140000' },
      dist: { type: 'string', default: 'dist' },
      json: { type: 'string' },
      profile: { type: 'string' },
      long: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    }
  })
  if (values.help) return undefined
  if (values.write && (values.workload !== '' || values.server !== '')) throw new Error('--write is for a whole run: leave out --workload and --server')

  return {
    workloads: names('workload', values.workload, workloadNames),
    servers: names('server', values.server, allServers(values.dist).map(({ name }) => name)),
    seconds: positive('seconds', values.seconds),
    rounds: count('rounds', values.rounds),
    connections: count('connections', values.connections),
    tokens: count('tokens', values.tokens),
    dist: values.dist,
    json: values.json,
    profile: values.profile,
    long: values.long,
    fresh: values.fresh,
    write: values.write
  }
}

function names (option: string, list: string, known: readonly string[]): string[] {
  const asked = list.split(',').filter(name => name !== '')
  const unknown = asked.find(name => !known.includes(name))
  if (unknown !== undefined) throw new Error(`--${option}: there is no "${unknown}"; there are ${known.join(' ')}`)
  return asked
}

function count (name: string, text: string): number {
  const value = Number(text)
  if (!(Number.isSafeInteger(value) && value > 0)) throw new Error(`--${name} is a whole number above 0, not "${text}"`)
  return value
}

function positive (name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0 && value < Infinity)) throw new Error(`--${name} is a number above 0, not "${text}"`)
  return value
}
