import { MAX_HELD } from './load.ts'
import { measure, median, ratios, type Bench, type Measured } from './measure.ts'
import { allServers } from './servers.ts'
import { session, verifyCost } from './session.ts'
import { roundWorkloads } from './workloads.ts'

// Far above what is usual: machines are noisy, and this is to catch what nobody could overlook.
const MAX_OVER_BARE = 2.2
const MAX_VERIFICATIONS = 5.5
const PATIENCE_MS = 30_000

type Verdict = 'within bounds' | 'too slow' | 'no verdict'

await session({ starts: 1, rounds: 3, requests: 5000, connections: 32 }, guard)

/** Measures W1 and W3 beside the bare route for a few seconds; exit code 1 if this build is too slow. */
async function guard (bench: Bench): Promise<void> {
  const servers = allServers({ build: undefined, env: {}, buildEnv: {} }).filter(({ name }) => name === 'bare-fastify' || name === 'ours')
  const workloads = roundWorkloads(bench.tokens)
  let w1 = NaN
  const one = await best('w1-legacy', ({ overBare }) => {
    w1 = overBare
    return MAX_OVER_BARE
  })
  const verify = verifyCost()
  const renewed = await best('w3', ({ bare }) => w1 + MAX_VERIFICATIONS * verify / bare)

  const verdicts = [one, renewed]
  const verdict = verdicts.includes('too slow') ? 'too slow' : verdicts.includes('no verdict') ? 'no verdict' : 'within bounds'
  console.log(`bench guard: ${verdict === 'no verdict' ? 'no verdict, since the load had to wait for its core' : verdict}`)
  process.exitCode = verdict === 'too slow' ? 1 : 0

  /** Other work on the machine makes a server look dearer, never cheaper: one attempt within bounds is enough. */
  async function best (name: string, bound: (found: Found) => number): Promise<Verdict> {
    const workload = workloads.find(each => each.name === name)
    if (workload === undefined) throw new Error(`There is no workload ${name}`)
    let verdict: Verdict = 'no verdict'
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const found = sumUp(await measure(bench, workload, servers))
      const most = bound(found)
      console.log(`${name}: ${found.ours.toFixed(1)} µs, bare route ${found.bare.toFixed(1)} µs: ${found.overBare.toFixed(2)} times that, at most ${most.toFixed(2)}; load held up for ${(found.held * 100).toFixed(0)} %`)
      if (found.overBare <= most) return 'within bounds'
      // An attempt in which the load had to wait proves nothing against the server.
      if (found.held <= MAX_HELD) verdict = 'too slow'
    }
    return verdict
  }
}

interface Found {
  /** Microseconds. */
  readonly bare: number
  readonly ours: number
  readonly overBare: number
  readonly held: number
}

function sumUp (measured: readonly Measured[]): Found {
  const rounds = (name: string) => measured.find(({ server }) => server.name === name)?.rounds ?? []
  const cpu = (name: string) => rounds(name).map(each => each.cpu)
  return {
    bare: median(cpu('bare-fastify')),
    ours: median(cpu('ours')),
    overBare: median(ratios(cpu('ours'), cpu('bare-fastify'))),
    held: median(rounds('ours').map(({ held }) => held))
  }
}
