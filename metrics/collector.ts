/** Reads the present values, each with its labels. */
export type Read = () => ReadonlyArray<readonly [labels: Record<string, string>, value: number]>

/** Adds figures that are read when the metrics are asked for. */
export interface Collector {
  total (name: string, help: string, labelNames: readonly string[], read: Read): void
  gauge (name: string, help: string, labelNames: readonly string[], aggregator: 'sum' | 'max' | 'min', read: Read): void
}
