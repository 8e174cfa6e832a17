import { createGate } from './gate.ts'
import { NO_PLACE, type Demand, type Grant, type Limits } from './limits.ts'
import { createOnce } from './once.ts'
import { createWindowCounter } from './window.ts'

/** Limits that this process keeps alone. They answer at once. */
export interface MemoryLimits extends Limits {
  take (demand: Demand, now: number, requestState?: string): Grant
}

/** Limits with nothing counted. */
export function createMemoryLimits (): MemoryLimits {
  const counter = createWindowCounter()
  const gate = createGate()
  const isFirstUse = createOnce()

  return {
    take ({ rates, places }, now, requestState) {
      const left: Array<() => void> = []
      for (const { key, max } of places) {
        const leave = gate.enter(key, max)
        if (leave === undefined) {
          callAll(left)
          return NO_PLACE
        }
        left.push(leave)
      }
      // Answers to a question belong to a call that was counted. The same answers once more are a new call.
      if (requestState === undefined || !isFirstUse(requestState)) {
        const wait = counter.take(rates, now)
        if (wait > 0) {
          callAll(left)
          return { wait }
        }
      }
      return left.length === 1 ? left[0] as () => void : () => callAll(left)
    }
  }
}

function callAll (functions: ReadonlyArray<() => void>): void {
  for (const call of functions) call()
}
