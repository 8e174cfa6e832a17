import cluster, { type Worker } from 'node:cluster'
import type { Log } from './tool-settings.ts'

const SILENT: Log = { warn () {} }

/**
 * The log for warnings of the start. With WORKERS only the first worker writes them: all have the same settings and
 * tools. A worker that replaces another one has a higher number, so it writes none either.
 */
export function startWarnings (log: Log, worker: Pick<Worker, 'id'> | undefined = cluster.worker): Log {
  return worker === undefined || worker.id === 1 ? log : SILENT
}
