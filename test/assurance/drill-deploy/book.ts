/** How a request ended. A killed process takes the requests with it that it was working on. */
export type Outcome = 'good' | 'limited' | 'killed' | 'lost' | 'wrong'

const KILL_MS = 1000

/** What became of each request. */
export class Book {
  readonly counts: Record<Outcome, number> = { good: 0, limited: 0, killed: 0, lost: 0, wrong: 0 }
  /** What was lost or wrong: the first few, in words. */
  readonly faults: string[] = []
  /** The longest time without a good answer, in milliseconds. */
  longestPause = 0
  phase = ''
  sent = 0
  #lastGood = Date.now()
  #inFlight = 0
  #mayBeKilled = 0
  #killedAt = 0

  begin (): void {
    this.sent++
    this.#inFlight++
  }

  /** To be called when a process is killed: so many requests may end with it, and within a second. */
  kill (): void {
    this.#killedAt = Date.now()
    this.#mayBeKilled = this.#inFlight
  }

  end (outcome: Outcome, told: string): void {
    this.#inFlight--
    const now = Date.now()
    if (outcome === 'lost' && now - this.#killedAt < KILL_MS && this.#mayBeKilled-- > 0) outcome = 'killed'
    this.counts[outcome]++
    if (outcome === 'good') {
      this.longestPause = Math.max(this.longestPause, now - this.#lastGood)
      this.#lastGood = now
    }
    if ((outcome === 'lost' || outcome === 'wrong') && this.faults.length < 20) this.faults.push(`${this.phase}: ${told}`)
  }
}
