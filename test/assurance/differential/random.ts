/** Chance that can be repeated: the same seed gives the same choices (mulberry32). */
export interface Random {
  int (below: number): number
  chance (probability: number): boolean
  pick<T> (values: readonly T[]): T
}

/** Starts a sequence that the seed fixes. */
export function createRandom (seed: number): Random {
  let state = seed >>> 0

  function next (): number {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  return {
    int: below => Math.floor(next() * below),
    chance: probability => next() < probability,
    pick: values => values[Math.floor(next() * values.length)] as (typeof values)[number]
  }
}
