import type { Report } from './report.ts'

/** What was promised, what was found, and whether the one meets the other. */
export interface Verdict {
  readonly target: string
  readonly found: string
  readonly met: boolean
}

/** Holds a report against what the project wants of itself. What was not measured is left out. */
export function verdicts ({ rows, verify, start, tail, memory }: Report): Verdict[] {
  const found: Verdict[] = []
  const row = (workload: string, server: string) => rows.find(each => each.workload === workload && each.server === server)
  const bare = (workload: string, server = 'ours') => row(workload, server)?.overBare
  const atMost = (target: string, value: number | undefined, limit: number | undefined, digits = 2) => {
    if (value === undefined || limit === undefined || Number.isNaN(value) || Number.isNaN(limit)) return
    found.push({ target, found: `${value.toFixed(digits)} of ${limit.toFixed(digits)}`, met: value <= limit })
  }

  atMost('W1, 2026-07-28: × bare', bare('w1'), 1.35)
  atMost('W1, 2025-11-25: × bare', bare('w1-legacy'), 1.35)
  atMost('W1 with a log line each: × bare', bare('w1', 'ours-log'), 1.65)
  atMost('W2: × bare', bare('w2'), 1.45)
  atMost('W2 with a log line each: × bare', bare('w2', 'ours-log'), 1.75)
  atMost('W2b, past the cache: no dearer than W3, × bare', bare('w2b'), bare('w3'))

  // What W1 would cost on the machine as it was during another workload.
  const w1During = (workload: string, w1: string) => (bare(w1) ?? NaN) * (row(workload, 'bare-fastify')?.cpu ?? NaN)
  atMost('W3: µs, W1 and 1.5 signature checks', row('w3', 'ours')?.cpu, w1During('w3', 'w1-legacy') + 1.5 * (verify ?? NaN), 1)
  for (const workload of ['w4-none', 'w4-garbage', 'w4-key']) {
    atMost(`${workload.toUpperCase()}: µs, W1`, row(workload, 'ours')?.cpu, w1During(workload, 'w1'), 1)
  }
  atMost('W4-SIGNATURE: µs, W1 and a signature check', row('w4-signature', 'ours')?.cpu, w1During('w4-signature', 'w1') + (verify ?? NaN), 1)
  atMost('W5: × bare', bare('w5', 'ours-tools'), 1.5)

  for (const workload of ['w1', 'w1-legacy', 'w2']) {
    const peers = rows.filter(each => each.workload === workload && isPeer(each.server))
    const best = Math.min(...peers.map(({ overOurs }) => overOurs))
    if (Number.isFinite(best)) found.push({ target: `${workload.toUpperCase()}: best peer × this server`, found: `${best.toFixed(1)} of 10.0`, met: best >= 10 })
  }

  const million = memory.find(({ requests }) => requests >= 1_000_000)?.resident
  atMost('memory after 1,000,000 requests: MB', million, 130, 0)
  atMost('memory from then on: × that', (memory.at(-1)?.resident ?? NaN) / (million ?? NaN), 1.03)
  const took = (name: string) => start.find(({ server }) => server === name)?.milliseconds ?? NaN
  atMost('start: × bare', took('ours') / took('bare-fastify'), 1.5)
  atMost('tail at 70 % of the peak: p99 / p50', tail.find(({ server }) => server === 'ours')?.ratio, 3)
  return found
}

function isPeer (server: string): boolean {
  return !server.startsWith('bare') && !server.startsWith('ours')
}
