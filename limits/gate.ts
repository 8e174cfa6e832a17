/** How many keys without anything running are kept, because most of them come back soon. */
const IDLE_KEYS = 1000

/** Limits what runs at the same time, by key. */
export interface Gate {
  /**
   * Counts a use that begins, unless `max` uses of the key are running.
   * @returns a function to call once when the use is over; undefined if there is no room
   */
  enter (key: string, max: number): (() => void) | undefined
}

interface Uses {
  running: number
  readonly leave: () => void
}

/** A gate with nothing running. */
export function createGate (): Gate {
  const keys = new Map<string, Uses>()

  return {
    enter (key, max) {
      const uses = keys.get(key) ?? begin(key)
      if (uses.running >= max) return undefined
      uses.running++
      return uses.leave
    }
  }

  function begin (key: string): Uses {
    const uses: Uses = {
      running: 0,
      leave () {
        uses.running--
        if (uses.running === 0 && keys.size > IDLE_KEYS) keys.delete(key)
      }
    }
    keys.set(key, uses)
    return uses
  }
}
