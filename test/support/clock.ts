import type { Test } from './build.ts'

/** Moves the clock of this process. It is set right again when the test ends. */
export function movableClock (t: Test): { advance: (seconds: number) => void } {
  const { now } = Date
  let offset = 0
  Date.now = () => now() + offset
  t.teardown(() => { Date.now = now })
  return { advance (seconds) { offset += seconds * 1000 } }
}
