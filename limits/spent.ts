import { stateId } from './once.ts'

/** Approvals that were used. Each can be used once. */
export interface Approvals {
  /**
   * Whether this is the first use of a sealed state; undefined if that cannot be found out now.
   * @param now milliseconds since 1970
   */
  spend (state: string, now: number): boolean | undefined | Promise<boolean | undefined>
}

/** Milliseconds for which a used state is remembered: longer than it is valid (mcp/elicitation/request-state.ts). */
export const REMEMBER_MS = 15 * 60 * 1000
/** The most approvals that are remembered. */
const MAX_SPENT = 100_000

/**
 * The used approvals of this process alone. Unlike a cache it forgets none that is still valid: if there are too many,
 * `spend` gives undefined.
 */
export function createSpent (max = MAX_SPENT): Approvals {
  const spent = new Map<string, number>()

  return {
    spend (state, now) {
      const id = stateId(state)
      // A Map keeps the order of insertion, so the oldest come first.
      for (const [old, at] of spent) {
        if (at > now - REMEMBER_MS) break
        spent.delete(old)
      }
      if (spent.has(id)) return false
      if (spent.size >= max) return undefined
      spent.set(id, now)
      return true
    }
  }
}
