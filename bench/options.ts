import { parseArgs } from 'node:util'
import { cpus } from 'node:os'
import type { Builds } from './servers.ts'
import type { Tokens } from './tokens.ts'

/** The tokens and the size of a run. */
export interface Bench {
  readonly tokens: Tokens
  /** Processes of each server, one after the other: the same build differs by some percent from process to process. */
  readonly starts: number
  /** Rounds of each process. */
  readonly rounds: number
  /** Requests of a round. */
  readonly requests: number
  readonly connections: number
  readonly profile?: string | undefined
}

/** The command line, read. */
export interface Options extends Builds, Omit<Bench, 'tokens'> {
  readonly workloads: readonly string[]
  /** Names, or `all`. */
  readonly servers: readonly string[]
  readonly long: boolean
  readonly write: boolean
  /** Of the file in `results/`. */
  readonly name: string
}

const COMPARED = ['w1', 'w1-legacy', 'w2', 'w3', 'w4-none', 'w4-garbage', 'w4-signature', 'w4-key', 'start', 'memory']
const WORKLOADS = [...COMPARED, 'w2b', 'w5', 'workers', 'tail']

/** The text of `--help`. */
export const USAGE = `npm run bench -- [options]

  (none)              this build beside the bare Fastify route: ${COMPARED.join(' ')}
  --build folder      this build beside the one in another checkout: the same workloads
  --full              every server and every workload, and long memory runs
  --workload a,b      only these: ${WORKLOADS.join(' ')}
  --server a,b        only these: bare-fastify bare-http bare-verify ours ours-log
                      ours-metrics ours-api ours-traced build build-log sdk2-fastify sdk2-express sdk1-express fastmcp, or all
  --starts n          processes of each server, one after the other (6; with --full 4)
  --rounds n          rounds of each process (3)
  --requests n        requests of a round; fewer where a request costs much (5000)
  --connections n     kept-alive connections, one request in flight on each (32)
  --env NAME=value    a setting of this build; can be repeated
  --build-env N=v     a setting of the other build; can be repeated
  --profile folder    each server writes a CPU profile there; figures are then of no use
  --name name         the results go to bench/results/<name>.json (last)
  --write             also put the short table into bench/README.md; the name is then the date and the machine
`

/**
 * Reads the command line; undefined if help is wanted.
 * @throws Error with a sentence on what is wrong
 */
export function readOptions (args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      build: { type: 'string' },
      full: { type: 'boolean', default: false },
      workload: { type: 'string' },
      server: { type: 'string' },
      starts: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      requests: { type: 'string', default: '5000' },
      connections: { type: 'string', default: '32' },
      env: { type: 'string', multiple: true, default: [] },
      'build-env': { type: 'string', multiple: true, default: [] },
      profile: { type: 'string' },
      name: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false }
    }
  })
  const { build, full, write } = values
  if (values.help) return undefined

  return {
    build,
    env: settings(values.env),
    buildEnv: settings(values['build-env']),
    workloads: workloads(values.workload) ?? (full ? WORKLOADS : COMPARED),
    servers: values.server?.split(',') ?? (full ? ['all'] : [build === undefined ? 'bare-fastify' : 'build', 'ours']),
    starts: count('starts', values.starts ?? (full ? '4' : '6')),
    rounds: count('rounds', values.rounds),
    requests: count('requests', values.requests),
    connections: count('connections', values.connections),
    profile: values.profile,
    long: full,
    write,
    name: values.name ?? (write ? `${new Date().toISOString().slice(0, 10)}-${processor()}` : 'last')
  }
}

function workloads (list: string | undefined): string[] | undefined {
  const asked = list?.split(',')
  const unknown = asked?.find(name => !WORKLOADS.includes(name))
  if (unknown !== undefined) throw new Error(`--workload: there is no "${unknown}"; there are ${WORKLOADS.join(' ')}`)
  return asked
}

function settings (list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map(each => {
    const [name = '', ...value] = each.split('=')
    return [name, value.join('=')]
  }))
}

function count (name: string, text: string): number {
  const value = Number(text)
  if (!(Number.isSafeInteger(value) && value > 0)) throw new Error(`--${name}: found "${text}", expected a whole number above 0`)
  return value
}

function processor (): string {
  return (cpus()[0]?.model ?? 'unknown').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
}
