const FIRST_SIZE = 8
const OBJECT_BYTES = 256

/** A queue of times, in ascending order, that doubles its memory when it is full. */
export class Ring {
  #times = new Float64Array(FIRST_SIZE)
  #start = 0
  #length = 0

  get length (): number {
    return this.#length
  }

  /** The first time in the queue. The queue must not be empty. */
  get oldest (): number {
    return this.#times[this.#start] as number
  }

  /** Memory, roughly. */
  get bytes (): number {
    return this.#times.byteLength + OBJECT_BYTES
  }

  /** Returns whether the queue takes more memory now. */
  push (time: number): boolean {
    const isFull = this.#length === this.#times.length
    if (isFull) this.#grow()
    this.#times[(this.#start + this.#length) & (this.#times.length - 1)] = time
    this.#length++
    return isFull
  }

  /** Drops every time up to this one. */
  forgetUntil (time: number): void {
    while (this.#length > 0 && this.oldest <= time) {
      this.#start = (this.#start + 1) & (this.#times.length - 1)
      this.#length--
    }
  }

  #grow (): void {
    const larger = new Float64Array(2 * this.#times.length)
    larger.set(this.#times.subarray(this.#start))
    larger.set(this.#times.subarray(0, this.#start), this.#times.length - this.#start)
    this.#times = larger
    this.#start = 0
  }
}
