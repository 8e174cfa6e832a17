const OBJECT_BYTES = 256
/** Times that are forgotten and still stand in front. More are worth moving the others. */
const MAX_FORGOTTEN = 32

/** A queue of times, in ascending order. Most callers have few, so it starts with one, and its memory. */
export class TimeQueue {
  #times: number[]
  #forgotten = 0

  constructor (time: number) {
    this.#times = [time]
  }

  get length (): number {
    return this.#times.length - this.#forgotten
  }

  /** The first time in the queue. The queue must not be empty. */
  get oldest (): number {
    return this.#times[this.#forgotten] as number
  }

  /** Memory, roughly. */
  get bytes (): number {
    return 8 * this.#times.length + OBJECT_BYTES
  }

  push (time: number): void {
    this.#times.push(time)
  }

  /** Drops every time up to this one. */
  forgetUntil (time: number): void {
    while (this.length > 0 && this.oldest <= time) this.#forgotten++
    if (this.#forgotten > MAX_FORGOTTEN && this.#forgotten > this.length) {
      this.#times = this.#times.slice(this.#forgotten)
      this.#forgotten = 0
    }
  }
}
