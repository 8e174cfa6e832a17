import { endOf } from './once.ts'

/** Approvals that were used. Each can be used once. */
export interface Approvals {
  /** Whether this is the first use of a sealed state; undefined if that cannot be told just now. */
  spend (state: string, now: number): boolean | undefined | Promise<boolean | undefined>
}

/** Milliseconds: longer than a state is good (mcp/elicitation/request-state.ts). */
export const REMEMBER_MS = 15 * 60 * 1000
const MAX_SPENT = 100_000

/**
 * Approvals of this process alone. Unlike a cache it forgets none that is still good: if there are too many, nothing
 * can be told about another one.
 */
export function createSpent (max = MAX_SPENT): Approvals {
  const spent = new Map<string, number>()

  return {
    spend (state, now) {
      const id = endOf(state)
      // The oldest stand first.
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
