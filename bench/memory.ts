import type { Bench } from './measure.ts'
import { jobFor, startAll } from './measure.ts'
import type { Server } from './servers.ts'
import type { Workload } from './workloads.ts'

/** Megabytes held after so many requests. */
export interface Memory {
  readonly requests: number
  readonly resident: number
}

const steps = 12
const stepRequests = 100_000
const stepSeconds = 120

/** Loads a server with a million requests, and then some, to see what it holds and that it stays so. */
export async function memoryUnderLoad (bench: Bench, workload: Workload, server: Server): Promise<Memory[]> {
  const [running] = await startAll(bench, workload.call, [server])
  if (running === undefined) return []
  try {
    const series: Memory[] = []
    let sent = 0
    let used = 0
    for (let step = 0; step < steps; step++) {
      const job = jobFor(bench, workload, running, 1)
      const tokens = job.tokens === undefined ? undefined : { ...job.tokens, used }
      const outcome = await bench.load.ask({ ...job, tokens, warmup: 0, seconds: stepSeconds, limit: stepRequests })
      sent += outcome.requests
      used += outcome.used
      series.push({ requests: sent, resident: outcome.resident })
    }
    return series
  } finally {
    await running.stop()
  }
}
