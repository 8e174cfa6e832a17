import { cpuTime, family, residentMegabytes, waitingTime } from './machine.ts'
import type { Running } from './running.ts'
import { CALLS, type Workload } from './workloads.ts'

/** The figures of a round. */
export interface Round {
  readonly perSecond: number
  /** Microseconds of processor time per request that the server took. */
  readonly cpu: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly megabytes: number
  /** The share of the round in which the load had to wait for its core. */
  readonly held: number
}

/** The share of a round in which the load may wait for its core. Above it, figures say little about the server. */
export const MAX_HELD = 0.25

// Requests are written out before they are sent, so many at a time.
const BATCH = 8000
const LOOK_MS = 30

/** Warms a process up, in batches. */
export async function warmUp (running: Running, workload: Workload, requests: number, connections: number): Promise<void> {
  for (let left = requests; left > 0; left -= BATCH) await load(running, workload, Math.min(left, BATCH), connections)
}

/**
 * Sends requests over kept-alive connections, one in flight on each, each as soon as the one before is answered.
 * @throws Error if an answer has another status than expected, or none came
 */
export async function load (running: Running, workload: Workload, requests: number, connections: number): Promise<Round> {
  // The bench's packages are installed by now; they are not yet when this file is loaded.
  const { default: autocannon } = await import('autocannon')
  const { server, port, pid } = running
  const { headers, body } = CALLS[workload.call]
  const tokens = Array.from({ length: requests }, (_, n) => workload.token(running.sent + n))
  const pids = family(pid)
  const latencies: number[] = []
  let connection = 0
  let began = 0
  let ended = 0
  let waitedBefore = 0

  const cpuBefore = cpuTime(pids)
  const rest = spin(server.spread !== true)
  const { errors, statusCodeStats } = await autocannon({
    url: `http://127.0.0.1:${port}/mcp`,
    method: 'POST',
    headers,
    body,
    connections,
    amount: requests,
    sampleInt: LOOK_MS,
    setupClient (client) {
      // Each token goes into one request. Autocannon's `setupRequest` would write that out while the server waits.
      const own = tokens.filter((_, n) => n % connections === connection)
      if (own[0] !== undefined && own.some(token => token !== own[0])) client.setRequests(own.map(authorized))
      else if (own[0] !== undefined) client.setRequests([authorized(own[0])])
      client.on('response', (_status, _bytes, milliseconds) => {
        ended = performance.now()
        latencies.push(milliseconds)
      })
      connection++
      began = performance.now()
      waitedBefore = waitingTime()
    }
  })
  rest()
  const cpu = (cpuTime(pids) - cpuBefore) / requests
  const held = (waitingTime() - waitedBefore) / 1000 / (performance.now() - began)

  const expect = server.kind === 'bare' ? 200 : workload.expect
  const right = statusCodeStats[expect]?.count ?? 0
  if (errors > 0 || right !== requests) throw new Error(`${server.name} under ${workload.name}: ${right} of ${requests} answers are ${expect}; ${JSON.stringify(statusCodeStats)}, ${errors} errors`)

  running.sent += requests
  const seconds = (ended - began) / 1000
  const sorted = Float64Array.from(latencies).sort()
  return {
    perSecond: requests / seconds, cpu, p50: at(sorted, 0.5), p99: at(sorted, 0.99), megabytes: residentMegabytes(pids), held
  }
}

/**
 * Keeps this process awake until the returned function is called: waking it up would cost the server processor time,
 * a slow server more often than a fast one. A server on both cores needs the core instead.
 */
export function spin (isWanted = true): () => void {
  let on = isWanted
  turn()
  return () => { on = false }

  function turn (): void {
    if (on) setImmediate(turn)
  }
}

/** The value below which this share of sorted values lies. */
export function at (sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}

/** The middle value, or the mean of the two in the middle. */
export function median (values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2
}

function authorized (token: string | undefined) {
  return { headers: { authorization: `Bearer ${token}` } }
}
