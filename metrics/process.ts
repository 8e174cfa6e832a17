import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { Collector } from './collector.ts'

/** Milliseconds between two measurements of the event loop. */
const RESOLUTION = 20
/** Exists on Linux only. */
const OPEN_FILES = '/proc/self/fd'
const NANOSECONDS = 1e9
const STARTED_AT = Date.now() / 1000 - process.uptime()

/**
 * The figures of the process, under the names that dashboards for Node know. prom-client's own collection adds an
 * observer of each garbage collection and a dozen series that no dashboard here uses.
 */
export function collectProcess ({ total, gauge }: Collector): void {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  // The monitor's figures include its own interval.
  const seconds = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION / 1000) || 0

  gauge('nodejs_eventloop_lag_p50_seconds', 'Event-loop delay since the last look: median', [], 'max', () => [[{}, seconds(delay.percentile(50))]])
  gauge('nodejs_eventloop_lag_p99_seconds', 'Event-loop delay since the last look: 99th percentile', [], 'max', () => [[{}, seconds(delay.percentile(99))]])
  gauge('nodejs_eventloop_lag_max_seconds', 'Event-loop delay since the last look: longest', [], 'max', () => {
    const longest = seconds(delay.max)
    delay.reset()
    return [[{}, longest]]
  })
  total('process_cpu_seconds_total', 'CPU time of user and system', [], () => {
    const { user, system } = process.cpuUsage()
    return [[{}, (user + system) / 1e6]]
  })
  gauge('process_resident_memory_bytes', 'Resident memory', [], 'sum', () => ifReadable(() => process.memoryUsage.rss()).map(bytes => [{}, bytes]))
  gauge('nodejs_heap_size_used_bytes', 'Used heap', [], 'sum', () => [[{}, getHeapStatistics().used_heap_size]])
  gauge('process_start_time_seconds', 'Start of the oldest process, in seconds since 1970', [], 'min', () => [[{}, STARTED_AT]])
  gauge('process_open_fds', 'Open file descriptors', [], 'sum', () => openFiles().map(count => [{}, count]))
}

/** The number of open files, as a list of one; empty where it cannot be read. */
export function openFiles (folder = OPEN_FILES): readonly number[] {
  return ifReadable(() => readdirSync(folder).length)
}

/** A figure that is read from a file, as a list of one; empty on another system, or if the process may open no more files. */
function ifReadable (read: () => number): readonly number[] {
  try {
    return [read()]
  } catch {
    return []
  }
}
