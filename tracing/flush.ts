import { setTimeout } from 'node:timers/promises'
import { trace, type ProxyTracerProvider } from '@opentelemetry/api'

/** Milliseconds. A worker is killed 2 s after its grace. */
const LIMIT_MS = 1000

/**
 * Sends the spans that the SDK still holds, since the process ends before the SDK would send them. Gives up after
 * `limitMs`, so that a slow collector does not delay the end.
 */
export async function flushSpans (limitMs = LIMIT_MS): Promise<void> {
  const provider = (trace.getTracerProvider() as ProxyTracerProvider).getDelegate() as { readonly forceFlush?: () => Promise<void> }
  const over = new AbortController()
  await Promise.race([provider.forceFlush?.(), setTimeout(limitMs, undefined, { signal: over.signal })]).catch(() => {})
  over.abort()
}
