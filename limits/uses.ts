import type { Rate } from './limits.ts'

const OBJECT_BYTES = 600
/** A time takes 8, and an array has room for more when it grew. */
const TIME_BYTES = 12
/** Forgotten times that may stay at the front of the array. With more it is worth copying the rest. */
const MAX_FORGOTTEN = 32

/** The uses of one key: how many run now, and when each began, as long as it counts. */
export class Uses {
  /** Uses that take a place. */
  running = 0
  /** In ascending order. Most keys have few, so the memory of an array comes with the first. */
  #times: number[] | undefined
  #forgotten = 0

  /** Milliseconds until one more use is within the rate; 0: now. */
  waitFor ({ max, window }: Rate, now: number): number {
    if (this.#times === undefined) return 0
    const from = now - window * 1000
    while (this.#count > 0 && this.#oldest <= from) this.#forgotten++
    return this.#count < max ? 0 : this.#oldest - from
  }

  /** Counts a use. Returns by how many bytes the memory grew; below 0 if more times were dropped than added. */
  add (now: number): number {
    const before = this.bytes
    if (this.#times === undefined) {
      this.#times = [now]
    } else {
      if (this.#forgotten > MAX_FORGOTTEN && this.#forgotten > this.#count) {
        this.#times = this.#times.slice(this.#forgotten)
        this.#forgotten = 0
      }
      this.#times.push(now)
    }
    return this.bytes - before
  }

  /** Whether a use has a place, which would be free again if it were forgotten. */
  get isBusy (): boolean {
    return this.running > 0
  }

  /** Memory, roughly. */
  get bytes (): number {
    return OBJECT_BYTES + TIME_BYTES * (this.#times?.length ?? 0)
  }

  get #count (): number {
    return (this.#times as number[]).length - this.#forgotten
  }

  get #oldest (): number {
    return (this.#times as number[])[this.#forgotten] as number
  }
}
