import { connect } from './connection.ts'
import type { Job, Outcome } from './job.ts'
import { cpuSeconds, residentMegabytes } from './proc.ts'
import { tokenSource } from './tokens.ts'

interface Lane {
  /** Sends the next request; its time counts from `since`. */
  fire (since: number): void
  close (): void
}

// A turn of the load takes less; whatever takes longer held it up.
const stallMs = 0.5

// Who started it is gone.
process.on('disconnect', () => process.exit())

process.on('message', (job: Job) => {
  run(job).then(outcome => process.send?.(outcome), error => process.send?.({ error: (error as Error).message }))
})

async function run ({ name, port, pids, halves: [before, after], tokens, expect, connections, warmup, seconds, limit, rate, spin: spinning }: Job): Promise<Outcome> {
  const nextToken = tokens === undefined ? () => '' : tokenSource(tokens)
  const latencies: number[] = []
  const idle: Lane[] = []
  let used = 0
  let wrong = 0
  let exhausted = false
  let stalledMs = 0
  let counting = false
  let stopped = false
  let finish = () => {}
  const finished = new Promise<void>(resolve => { finish = resolve })

  const lanes = await Promise.all(Array.from({ length: connections }, openLane))
  if (rate === undefined) for (const lane of lanes) lane.fire(performance.now())
  if (spinning) spin(rate === undefined ? () => {} : pacer(rate))

  await Promise.race([delay(warmup), finished])
  const startedAt = performance.now()
  const cpuBefore = cpuSeconds(pids)
  counting = true

  await Promise.race([delay(seconds * 1000), finished])
  counting = false
  const cpu = cpuSeconds(pids) - cpuBefore
  const elapsed = (performance.now() - startedAt) / 1000
  const resident = residentMegabytes(pids)
  stopped = true
  for (const lane of lanes) lane.close()
  if (wrong > 0) throw new Error(`${name}: ${wrong} wrong answers, or connections hung up`)
  if (exhausted) throw new Error(`${name}: out of new tokens; raise --tokens, or lower --rounds or --seconds`)

  const sorted = Float64Array.from(latencies).sort()
  return { requests: sorted.length, seconds: elapsed, cpu, p50: at(sorted, 0.5), p99: at(sorted, 0.99), resident, used, stalled: stalledMs / 1000 / elapsed }

  async function openLane (): Promise<Lane> {
    let sent = 0
    const connection = await connect(port, answered, () => { wrong++ })
    const lane = { fire, close: connection.close }
    if (rate !== undefined) idle.push(lane)
    return lane

    function fire (since: number): void {
      const token = nextToken()
      if (token === undefined) {
        exhausted = true
        return finish()
      }
      used++
      sent = since
      connection.send(before + token + after)
    }

    function answered (status: number): void {
      const now = performance.now()
      if (status !== expect) wrong++
      if (counting && latencies.push(now - sent) >= limit) finish()
      if (stopped) return
      if (rate === undefined) fire(now)
      else idle.push(lane)
    }
  }

  // This process has a core to itself and never sleeps on it: a server that had to wake it up with each answer
  // would pay for that, and one that keeps it busy would not. And a timer would be too coarse to pace by.
  function spin (turn: () => void, last = performance.now()): void {
    if (stopped) return
    const now = performance.now()
    if (counting && now - last > stallMs) stalledMs += now - last
    turn()
    setImmediate(spin, turn, now)
  }

  function pacer (perSecond: number): () => void {
    const gap = 1000 / perSecond
    const waiting: number[] = []
    let due = performance.now()

    return () => {
      for (const now = performance.now(); due <= now; due += gap) waiting.push(due)
      while (idle.length > 0 && waiting.length > 0) idle.pop()?.fire(waiting.shift() ?? due)
    }
  }
}

// What is not waited for any more must not keep the process.
function delay (milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds).unref())
}

function at (sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
