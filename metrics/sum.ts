import { AggregatorRegistry } from '@platformatic/prom-client'
import type { Snapshot } from './snapshot.ts'

/** The figures of several processes together. */
export interface Sum {
  /** Takes the present figures of a process in place of its earlier ones. */
  set (id: number, snapshot: Snapshot): void
  /** A process is gone. Its counters stay in the sums, which must not fall; its gauges go. */
  remove (id: number): void
  /** Prometheus text. */
  text (): Promise<string>
}

/** A sum of no process yet. */
export function createSum (): Sum {
  const running = new Map<number, Snapshot>()
  let gone: Snapshot = []

  return {
    set (id, snapshot) { running.set(id, snapshot) },
    remove (id) {
      const counted = (running.get(id) ?? []).filter(({ type }) => isCounted(type))
      running.delete(id)
      gone = together([gone, counted])
    },
    text: async () => await AggregatorRegistry.aggregate([gone, ...running.values()]).metrics()
  }
}

function together (snapshots: Snapshot[]): Snapshot {
  // `get` of an aggregated metric gives its values, not a promise.
  const found = AggregatorRegistry.aggregate(snapshots).getMetricsAsArray() as unknown as ReadonlyArray<{ get (): Snapshot[number] }>
  return found.map(metric => metric.get())
}

/** Whether a metric is a sum. prom-client declares the types as numbers, but writes words. */
function isCounted (type: unknown): boolean {
  return type === 'counter' || type === 'histogram'
}
