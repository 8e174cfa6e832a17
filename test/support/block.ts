const NEVER = new Int32Array(new SharedArrayBuffer(4))

/** Keeps the event loop from turning for so many milliseconds. It sleeps, so that the tests beside it can use the processor. */
export function block (ms: number): void {
  if (ms > 0) Atomics.wait(NEVER, 0, 0, ms)
}
