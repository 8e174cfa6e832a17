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
/** Times from which it is worth copying the half that still counts. */
const MANY = 64

/** The uses of one key: how many run now, and when each began, as long as it counts. */
export class Uses {
  /** Uses that take a place. */
  running = 0
  /** In whole milliseconds, in ascending order. */
  #times: readonly number[]

  /** @param only the time of the only use so far */
  constructor (only?: number) {
    this.#times = only === undefined ? [] : [only]
  }

  /** The time of the only use, if it is over. */
  get only (): number | undefined {
    return this.running === 0 && this.#times.length === 1 ? this.#times[0] : undefined
  }

  /** Milliseconds until one more use is within the rate, at most a window; 0: now. The use that is `max` uses ago decides. */
  waitFor ({ max, window }: Rate, now: number): number {
    const times = this.#times
    if (times.length < max) return 0
    // A time that was rounded up may lie ahead of now, and a window of 60 s must not give a `Retry-After` of 61.
    return Math.min(window * 1000, Math.max(0, times[times.length - max] as number + window * 1000 - now))
  }

  /** Counts a use. Returns by how many bytes the memory grew; below 0 if more times were dropped than added. */
  add ({ window }: Rate, now: number): number {
    const before = this.bytes
    const times = this.#times
    // V8 keeps a whole number without an object of its own. Rounded up, so that no window is too short.
    const time = Math.ceil(now)
    const half = times.length >> 1
    if (times.length < FEW) this.#times = times.concat(time)
    else if (times.length >= MANY && times[half] as number <= now - window * 1000) this.#times = times.slice(half).concat(time)
    else (times as number[]).push(time)
    return this.bytes - before
  }

  /** Memory, roughly. */
  get bytes (): number {
    return OBJECT_BYTES + TIME_BYTES * this.#times.length
  }
}

/** Memory that a key takes beside its text, roughly. */
export function bytesOf (kept: Kept): number {
  return KEY_BYTES + (typeof kept === 'number' ? 0 : kept.bytes)
}
