import { check } from './check.ts'
import { signToken, userClaims } from './issuer.ts'
import type { Bench } from './measure.ts'
import { rotate, startAll } from './measure.ts'
import { calls, send } from './requests.ts'
import { start, until } from './running.ts'
import type { Server } from './servers.ts'
import { median } from './summary.ts'

/** How long a server takes to be of use. */
export interface StartTime {
  readonly server: string
  readonly label: string
  /** Milliseconds from the start of the process to the first good answer. */
  readonly milliseconds: number
}

/** Starts each server again and again, in turn, and asks without rest until it gives a good answer. */
export async function startTimes (bench: Bench, servers: readonly Server[], times: number): Promise<StartTime[]> {
  const { identity, directory } = bench.pool
  const surroundings = { issuer: identity.issuer, directory, answers: `${directory}/answers.json` }
  const token = signToken(identity, userClaims(identity.issuer, 0))

  // Once, for the answers that the bare ones are to give.
  for (const each of await startAll(bench, 'modern', servers)) await each.stop()

  const taken = new Map<Server, number[]>(servers.map(server => [server, []]))
  for (let round = 0; round < times; round++) {
    for (const server of rotate(servers, round)) {
      const began = performance.now()
      const running = await start(server, surroundings)
      await until(async () => (await send(calls.modern, running.port, token)).status === 200, 1)
      taken.get(server)?.push(performance.now() - began)
      await check(running, 'modern', identity)
      await running.stop()
    }
  }
  return servers.map(server => ({ server: server.name, label: server.title, milliseconds: median(taken.get(server) ?? []) }))
}
