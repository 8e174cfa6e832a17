/** Counts what runs at the same time, by key. A key without anything running takes no memory. */
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
      if (count === 1) running.delete(key)
      else running.set(key, count - 1)
    }
  }
}
