import type { Snapshot } from './snapshot.ts'

/** The labels of an operation, all from bounded sets. */
export interface OperationLabels {
  readonly method: string
  readonly tool: string
  readonly era: string
  readonly outcome: string
}

/** Counts durations in buckets. */
export interface Histogram {
  observe (labels: OperationLabels, seconds: number): void
  read (): Snapshot[number]
}

interface Series {
  readonly labels: OperationLabels
  /** Durations in each bucket and, last, above all of them. */
  readonly counts: number[]
  sum: number
}

type ByName<Value> = Map<string, Value>

/**
 * A histogram of operations. prom-client's own takes 1 µs for each operation, 4 % of a short request, since it checks
 * and joins the labels each time. This one finds its series in four look-ups.
 */
export function createHistogram (name: string, help: string, buckets: readonly number[]): Histogram {
  const all: Series[] = []
  const series: ByName<ByName<ByName<ByName<Series>>>> = new Map()

  return {
    observe (labels, seconds) {
      const found = series.get(labels.method)?.get(labels.tool)?.get(labels.era)?.get(labels.outcome) ?? add(labels)
      let i = 0
      while (i < buckets.length && seconds > (buckets[i] as number)) i++
      found.counts[i] = found.counts[i] as number + 1
      found.sum += seconds
    },
    read: () => ({ name, help, type: 'histogram', aggregator: 'sum', values: all.flatMap(values) }) as unknown as Snapshot[number]
  }

  function add ({ method, tool, era, outcome }: OperationLabels): Series {
    const added: Series = { labels: { method, tool, era, outcome }, counts: Array(buckets.length + 1).fill(0), sum: 0 }
    all.push(added)
    below(below(below(series, method), tool), era).set(outcome, added)
    return added
  }

  function values ({ labels, counts, sum }: Series): object[] {
    let total = 0
    const cumulative = counts.map((count, i) => {
      total += count
      return { labels: { ...labels, le: buckets[i] ?? '+Inf' }, value: total, metricName: `${name}_bucket` }
    })
    return [...cumulative, { labels, value: sum, metricName: `${name}_sum` }, { labels, value: total, metricName: `${name}_count` }]
  }
}

function below<Value> (map: ByName<ByName<Value>>, name: string): ByName<Value> {
  const found = map.get(name) ?? new Map<string, Value>()
  map.set(name, found)
  return found
}
