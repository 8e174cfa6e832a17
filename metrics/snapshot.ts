import type { Registry } from '@platformatic/prom-client'

/** The figures of one process, as prom-client writes them in JSON. */
export type Snapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>
