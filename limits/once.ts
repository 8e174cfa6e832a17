/** The most states that are remembered. */
const MAX_SEEN = 10_000
/** Characters of the authentication tag at the end of a state. They tell it from every other state. */
const ID_LENGTH = 24

/** The part of a sealed state that no other state has. */
export function stateId (state: string): string {
  return state.slice(-ID_LENGTH)
}

/** A function that tells whether it meets a sealed state for the first time. It remembers the last 10,000 states. */
export function createOnce (): (state: string) => boolean {
  // Not lru-cache, which would reserve the memory for all of them at the start.
  const seen = new Set<string>()
  return state => {
    const id = stateId(state)
    if (seen.has(id)) return false
    seen.add(id)
    if (seen.size > MAX_SEEN) seen.delete(seen.values().next().value as string)
    return true
  }
}
