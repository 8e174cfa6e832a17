import type { Rate } from './limits.ts'

/** What is kept of a key: all its uses, or only the time if it has one use and that is over. Most keys are like that. */
export type Kept = Uses | number

/** The entry of a key without its text, and its garbage. */
const KEY_BYTES = 300
const OBJECT_BYTES = 300
/** A time takes 8, and an array has room for more when it grew. */
const TIME_BYTES = 12
/** Times up to which an array has no room for more: most keys have few, and `push` would make room for 16. */
const FEW = 4
/** Forgotten times that may stay at the front of the array. With more it is worth copying the rest. */
const MAX_FORGOTTEN = 32

/** The uses of one key: how many run now, and when each began, as long as it counts. */
export class Uses {
  /** Uses that take a place. */
  running = 0
  /** In ascending order. Most keys have few, so the memory of an array comes with the first. */
  #times: number[] | undefined
  #forgotten = 0

  /** @param only the time of the only use so far */
  constructor (only?: number) {
    if (only !== undefined) this.#times = [only]
  }

  /** The time of the only use, if it is over. */
  get only (): number | undefined {
    return this.running === 0 && this.#times?.length === 1 ? this.#times[0] : undefined
  }

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
    } else if (this.#times.length < FEW) {
      this.#times = this.#times.concat(now)
    } else {
      if (this.#forgotten > MAX_FORGOTTEN && this.#forgotten > this.#count) {
        this.#times = this.#times.slice(this.#forgotten)
        this.#forgotten = 0
      }
      this.#times.push(now)
    }
    return this.bytes - before
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

/** Memory that a key takes beside its text, roughly. */
export function bytesOf (kept: Kept): number {
  return KEY_BYTES + (typeof kept === 'number' ? 0 : kept.bytes)
}
