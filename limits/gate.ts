/** How many keys without anything running are kept, because most of them come back soon. */
const IDLE_KEYS = 10_000

/** Counts what runs at the same time, by key. */
export interface Gate {
  /** Whether `max` uses of the key are running. */
  isFull (key: string, max: number): boolean
  /** Counts a use that begins. The key must be left later. */
  enter (key: string): void
  leave (key: string): void
}

export function createGate (): Gate {
  const running = new Map<string, number>()
  return {
    isFull: (key, max) => (running.get(key) ?? 0) >= max,
    enter (key) {
      running.set(key, (running.get(key) ?? 0) + 1)
    },
    leave (key) {
      const count = running.get(key) as number
      if (count === 1 && running.size > IDLE_KEYS) running.delete(key)
      else running.set(key, count - 1)
    }
  }
}
