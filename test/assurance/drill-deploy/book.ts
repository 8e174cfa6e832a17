/** How a request ended. `killed`: the process that worked on it was killed. */
export type Outcome = 'good' | 'limited' | 'killed' | 'lost' | 'wrong'

/** Milliseconds in which a proxy reports that a connection broke. */
const KILL_MS = 1000

/** Counts how the requests end. */
export class Book {
  readonly counts: Record<Outcome, number> = { good: 0, limited: 0, killed: 0, lost: 0, wrong: 0 }
  /** The first lost or wrong requests, in words. */
  readonly faults: string[] = []
  /** The longest time without a good answer, in milliseconds. */
  longestPause = 0
  phase = ''
  sent = 0
  #lastGood = Date.now()
  #killedFrom = Infinity
  #killedUntil = -Infinity

  /** Counts a request, and gives the time at which it was sent. */
  begin (): number {
    this.sent++
    return Date.now()
  }

  /** Kills a process. `kill` resolves when it is gone. A request that was sent before that may end with it. */
  async kill (kill: () => Promise<void>): Promise<void> {
    this.#killedFrom = Date.now()
    this.#killedUntil = Infinity
    await kill()
    this.#killedUntil = Date.now()
  }

  end (begun: number, outcome: Outcome, text: string): void {
    const now = Date.now()
    if (outcome === 'lost' && begun <= this.#killedUntil && now > this.#killedFrom && now < this.#killedUntil + KILL_MS) outcome = 'killed'
    this.counts[outcome]++
    if (outcome === 'good') {
      this.longestPause = Math.max(this.longestPause, now - this.#lastGood)
      this.#lastGood = now
    }
    if ((outcome === 'lost' || outcome === 'wrong') && this.faults.length < 20) this.faults.push(`${this.phase}: ${text}`)
  }
}
