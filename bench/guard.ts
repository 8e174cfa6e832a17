import { MAX_HELD } from './load.ts'
import { session, verifyCost } from './machine.ts'
import { measure } from './measure.ts'
import type { Bench } from './options.ts'
import { rowsOfRounds, type Row } from './report.ts'
import { allServers } from './servers.ts'
import { roundWorkloads } from './workloads.ts'

// Far above the usual figures: machines are noisy, and the guard is for gross mistakes only.
const MAX_OVER_BARE = 2.2
const MAX_VERIFICATIONS = 5.5
const MAX_ATTEMPTS_MS = 30_000

type Verdict = 'within bounds' | 'too slow' | 'no verdict'

await session(tokens => guard({ tokens, starts: 1, rounds: 3, requests: 5000, connections: 32 }))

/** Measures W1 and W3 beside the bare route for a few seconds; exit code 1 if this build is too slow. */
async function guard (bench: Bench): Promise<void> {
  const servers = allServers({ build: undefined, env: {}, buildEnv: {} }).filter(({ name }) => name === 'bare-fastify' || name === 'ours')
  const workloads = roundWorkloads(bench.tokens)
  let w1 = NaN
  const one = await best('w1-legacy', ours => {
    w1 = ours.overBare
    return MAX_OVER_BARE
  })
  const verify = verifyCost()
  const renewed = await best('w3', (_ours, bare) => w1 + MAX_VERIFICATIONS * verify / bare.value)

  const verdicts = [one, renewed]
  const verdict = verdicts.includes('too slow') ? 'too slow' : verdicts.includes('no verdict') ? 'no verdict' : 'within bounds'
  console.log(`bench guard: ${verdict === 'no verdict' ? 'no verdict, since the load had to wait for its core' : verdict}`)
  process.exitCode = verdict === 'too slow' ? 1 : 0

  /** Other work on the machine makes a server look dearer, never cheaper: one attempt within bounds is enough. */
  async function best (name: string, bound: (ours: Row, bare: Row) => number): Promise<Verdict> {
    const workload = workloads.find(each => each.name === name)
    if (workload === undefined) throw new Error(`There is no workload ${name}`)
    let verdict: Verdict = 'no verdict'
    for (const end = Date.now() + MAX_ATTEMPTS_MS; Date.now() < end;) {
      const [bare, ours] = rowsOfRounds(name, '', await measure(bench, workload, servers))
      if (bare === undefined || ours === undefined) break
      const held = ours.load?.held ?? 1
      const most = bound(ours, bare)
      console.log(`${name}: ${ours.value.toFixed(1)} µs, bare route ${bare.value.toFixed(1)} µs: ${ours.overBare.toFixed(2)} times that, at most ${most.toFixed(2)}; load held up for ${(held * 100).toFixed(0)} %`)
      if (ours.overBare <= most) return 'within bounds'
      // An attempt in which the load had to wait proves nothing against the server.
      if (held <= MAX_HELD) verdict = 'too slow'
    }
    return verdict
  }
}
