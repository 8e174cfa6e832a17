import cluster from 'node:cluster'
import { serveMetrics, type MetricsAddress } from './listener.ts'
import type { Snapshot } from './snapshot.ts'
import { createSum } from './sum.ts'
import { metricsOfWorkers, reportToPrimary } from './workers.ts'

/**
 * Opens the listener of the metrics. A worker opens none: the primary asks it, and serves the figures of all workers.
 * @param warn takes a message for the operator
 * @param snapshot the figures of this process; absent in a primary, which serves no requests
 * @returns a function that ends it
 * @throws Error that names METRICS_PORT or METRICS_HOST, if the address cannot be used
 */
export async function openMetrics (address: MetricsAddress, warn: (message: string) => void, snapshot?: () => Promise<Snapshot>): Promise<() => Promise<void>> {
  if (snapshot === undefined) return await serveMetrics(address, metricsOfWorkers(), warn)
  if (cluster.isWorker) return reportToPrimary(snapshot)
  const sum = createSum()
  return await serveMetrics(address, async () => {
    sum.set(0, await snapshot())
    return await sum.text()
  }, warn)
}
