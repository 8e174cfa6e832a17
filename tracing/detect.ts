/** The global in which every version 1 of the OpenTelemetry API keeps the SDK that registered. */
const GLOBAL = Symbol.for('opentelemetry.js.api.1')

/** Whether an SDK of OpenTelemetry was set up before the server, by `node --import`. Without one nothing is loaded. */
export function hasTracing (): boolean {
  return (globalThis as { [GLOBAL]?: { trace?: unknown } })[GLOBAL]?.trace !== undefined
}
