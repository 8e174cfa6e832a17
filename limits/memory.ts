import { createGate } from './gate.ts'
import { NO_PLACE, type Demand, type Grant, type Limits } from './limits.ts'
import { createOnce } from './once.ts'
import { createWindowCounter } from './window.ts'

/** Limits that this process keeps alone. They answer at once. */
export interface MemoryLimits extends Limits {
  take (demand: Demand, now: number, requestState?: string): Grant
}

export function createMemoryLimits (): MemoryLimits {
  const counter = createWindowCounter()
  const gate = createGate()
  const isFirstUse = createOnce()

  return {
    take ({ rates, places }, now, requestState) {
      if (places.some(({ key, max }) => gate.isFull(key, max))) return NO_PLACE
      // Answers to a question belong to a call that was counted. The same answers once more are a new call.
      if (requestState === undefined || !isFirstUse(requestState)) {
        let wait = 0
        for (const { key, rate } of rates) wait = Math.max(wait, counter.wait(key, rate, now))
        if (wait > 0) return { wait }
        for (const { key, rate } of rates) counter.add(key, rate, now)
      }
      for (const { key } of places) gate.enter(key)
      return () => { for (const { key } of places) gate.leave(key) }
    }
  }
}
