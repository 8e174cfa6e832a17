import { connect } from 'node:net'
import { at, load, median, spin, warmUp } from './load.ts'
import { withRunning } from './measure.ts'
import type { Bench } from './options.ts'
import type { Running } from './running.ts'
import type { Server } from './servers.ts'
import { CALLS, type Message, type Workload } from './workloads.ts'

/** How long the slowest answers take at a fixed rate. Times in milliseconds, from when each request was due. */
export interface Tail {
  readonly server: string
  readonly label: string
  readonly peakPerSecond: number
  /** Rounds that counted; if none did, the figures are NaN. */
  readonly rounds: number
  readonly p50: number
  readonly p99: number
  /** p99 / p50, round by round, then the median. */
  readonly ratio: number
}

const SHARE_OF_PEAK = 0.7
const PEAK_ROUNDS = 5
const ROUNDS = 7
const TRIES = 3 * ROUNDS
const ROUND_MS = 1000
// A turn of the load takes less. A longer one was held up, and its requests left late.
const STALL_MS = 0.5
const MAX_STALLED = 0.005
// In times of one request at the peak rate: with a longer median, the machine has become slower than for the peak.
const MAX_MEDIAN = 10

/** Finds each server's peak rate, then sends a fixed share of it however long the answers take. */
export function tails (bench: Bench, workload: Workload, servers: readonly Server[]): Promise<Tail[]> {
  return withRunning(bench, workload.call, servers, async running => {
    const found: Tail[] = []
    for (const each of running) found.push(await tailOf(bench, workload, each))
    return found
  })
}

async function tailOf (bench: Bench, workload: Workload, running: Running): Promise<Tail> {
  await warmUp(running, workload, workload.warmUp, bench.connections)
  const peaks: number[] = []
  for (let round = 0; round < PEAK_ROUNDS; round++) peaks.push((await load(running, workload, bench.requests, bench.connections)).perSecond)
  const peakPerSecond = median(peaks)

  const rounds = []
  for (let left = TRIES; left > 0 && rounds.length < ROUNDS; left--) {
    const { stalled, ...round } = await paced(running.port, CALLS[workload.call], workload.token(0), peakPerSecond * SHARE_OF_PEAK, bench.connections)
    if (stalled <= MAX_STALLED && round.p50 < MAX_MEDIAN * 1000 / peakPerSecond) rounds.push(round)
  }
  return {
    server: running.server.name,
    label: running.server.title,
    peakPerSecond,
    rounds: rounds.length,
    p50: median(rounds.map(({ p50 }) => p50)),
    p99: median(rounds.map(({ p99 }) => p99)),
    ratio: median(rounds.map(({ p50, p99 }) => p99 / p50))
  }
}

// Autocannon's `overallRate` sends the requests of a second in one burst, and counts their time from when it sent them.
async function paced (port: number, call: Message, token: string | undefined, perSecond: number, connections: number) {
  const request = written(port, call, token)
  const latencies: number[] = []
  const due: number[] = []
  const idle = Array.from({ length: connections }, lane)
  const all = [...idle]
  const began = performance.now()
  let [next, last] = [began, began]
  let stalledMs = 0

  const rest = spin()
  await new Promise<void>(turn)
  rest()
  for (const { close } of all) close()
  const sorted = Float64Array.from(latencies).sort()
  return { p50: at(sorted, 0.5), p99: at(sorted, 0.99), stalled: stalledMs / ROUND_MS }

  function turn (done: () => void): void {
    const now = performance.now()
    if (now - last > STALL_MS) stalledMs += now - last
    last = now
    for (; next <= now; next += 1000 / perSecond) due.push(next)
    while (idle.length > 0 && due.length > 0) idle.pop()?.send(due.shift() ?? next)
    if (now - began > ROUND_MS) done()
    else setImmediate(turn, done)
  }

  function lane () {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1')
    let answer = ''
    let since = 0
    const own = {
      send (at: number) {
        since = at
        socket.write(request)
      },
      close: () => socket.destroy()
    }
    socket.on('error', () => {})
    socket.on('data', (chunk: string) => {
      answer += chunk
      const [head, length] = /^.*?content-length: *(\d+).*?\r\n\r\n/is.exec(answer) ?? []
      if (head === undefined || answer.length < head.length + Number(length)) return
      answer = ''
      latencies.push(performance.now() - since)
      idle.push(own)
    })
    return own
  }
}

function written (port: number, { headers, body }: Message, token: string | undefined): string {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers, authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(body) })
  return `POST /mcp HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
