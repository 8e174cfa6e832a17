import cluster, { type Worker } from 'node:cluster'
import type { Snapshot } from './snapshot.ts'
import { createSum } from './sum.ts'

/** Milliseconds that a worker has for its figures. A busy one keeps its last ones. */
const ANSWER_TIMEOUT_MS = 1000

/** The primary asks with a number, and a worker answers with the same number. */
interface Message {
  readonly metrics?: number
  readonly snapshot?: Snapshot
}

/** In a worker: sends its figures to the primary whenever it asks. @returns a function that sends the last ones */
export function reportToPrimary (snapshot: () => Promise<Snapshot>): () => Promise<void> {
  const send = async (metrics: number): Promise<void> => {
    // Figures cannot be read when no more files can be opened. The primary then keeps those of the last time.
    const figures = await snapshot().catch(() => undefined)
    if (figures === undefined) return
    const message: Message = { metrics, snapshot: figures }
    // The primary may be gone.
    if (process.connected) await new Promise<void>(resolve => process.send?.(message, undefined, {}, () => resolve()))
  }
  process.on('message', ({ metrics }: Message) => { if (metrics !== undefined) send(metrics) })
  return () => send(0)
}

/** In the primary: the figures of all workers as Prometheus text, those of workers that ended included. */
export function metricsOfWorkers (): () => Promise<string> {
  const sum = createSum()
  const waiting = new Map<string, () => void>()
  let asked = 0

  cluster.on('message', ({ id }: Worker, { metrics, snapshot }: Message) => {
    if (snapshot === undefined) return
    sum.set(id, snapshot)
    waiting.get(`${id} ${metrics}`)?.()
  })
  cluster.on('exit', ({ id }) => sum.remove(id))

  return async () => {
    asked++
    await Promise.all(Object.values(cluster.workers ?? {}).filter(worker => worker?.isConnected()).map(worker => ask(worker as Worker, asked)))
    return await sum.text()
  }

  async function ask (worker: Worker, metrics: number): Promise<void> {
    const key = `${worker.id} ${metrics}`
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, ANSWER_TIMEOUT_MS)
      waiting.set(key, () => { clearTimeout(timer); resolve() })
      // A worker may end at this moment; the error comes here instead of as an event.
      worker.send({ metrics }, undefined, () => {})
    })
    waiting.delete(key)
  }
}
