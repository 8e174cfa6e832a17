import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The bytes that wait in this process for one client to read them. */
export class SendQueue {
  readonly socket: Socket
  // Answers behind the one that is being sent. Node does not keep their bytes in the socket.
  readonly #behind = new Set<ServerResponse>()
  // The values of `bytesWritten` at the last sweeps, oldest first.
  readonly #marks: number[] = []

  constructor (socket: Socket) {
    this.socket = socket
  }

  /** Adds an answer that has to wait for an earlier one of its connection. */
  add (response: ServerResponse): void {
    this.#prune()
    this.#behind.add(response)
  }

  /** Answers that are behind another one. */
  get depth (): number {
    return this.#behind.size
  }

  get bytes (): number {
    let bytes = this.socket.writableLength
    for (const response of this.#behind) bytes += response.writableLength
    return bytes
  }

  /** The number of sweeps for which bytes have waited. */
  get age (): number {
    return this.#marks.length
  }

  /** To be called at regular times. Returns whether a byte that was queued `sweeps` calls ago still waits. */
  isOverdue (sweeps: number): boolean {
    this.#prune()
    const { bytesWritten, writableLength } = this.socket
    if (writableLength === 0) {
      this.#marks.length = 0
      return false
    }
    const oldest = this.#marks.length < sweeps ? 0 : this.#marks.shift() as number
    this.#marks.push(bytesWritten)
    return bytesWritten - writableLength < oldest
  }

  #prune (): void {
    for (const response of this.#behind) {
      if (response.socket !== null || response.writableFinished) this.#behind.delete(response)
    }
  }
}

/** The queues to end so that at most `most` bytes wait in all: those in which bytes have waited longest. */
export function excess (queues: Iterable<SendQueue>, most: number): SendQueue[] {
  let total = 0
  const waiting: SendQueue[] = []
  for (const queue of queues) {
    const { bytes } = queue
    if (bytes === 0) continue
    total += bytes
    waiting.push(queue)
  }
  if (total <= most) return []

  waiting.sort((a, b) => b.age - a.age || b.bytes - a.bytes)
  const end = waiting.findIndex(({ bytes }) => {
    total -= bytes
    return total <= most
  })
  return waiting.slice(0, end + 1)
}
