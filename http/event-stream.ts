import type { FastifyReply } from 'fastify'
import type { Channel, Reply } from '../mcp/exchange.ts'
import { isCutOff, onClosed } from './closed.ts'
import { accepts } from './accept.ts'
import { JSON_TYPE } from './media-types.ts'

// Proxies wait longer than this on a silent connection.
const KEEP_ALIVE_MS = 15_000

/**
 * Sends one answer: as JSON, or, if a notification comes before it, as a stream of events that ends with the answer
 * (streamable-http, "Receiving Messages"). A stream cannot be resumed: if the connection closes early, the request is
 * cancelled.
 */
export class Stream implements Channel {
  readonly #reply: FastifyReply
  readonly #keepAliveMs: number
  readonly #counted: { streams: number }
  #keepAlive: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined
  #gone: Array<() => void> | undefined
  #ended = false
  #acceptsEvents: boolean | undefined

  /**
   * @param keepAliveMs milliseconds of silence after which a comment is sent. Default 15,000
   * @param counted counts the open streams. Default: they are not counted
   */
  constructor (reply: FastifyReply, keepAliveMs = KEEP_ALIVE_MS, counted: { streams: number } = { streams: 0 }) {
    this.#counted = counted
    this.#reply = reply
    this.#keepAliveMs = keepAliveMs
  }

  notify (notification: object): void {
    const { raw } = this.#reply
    if (this.#ended || isCutOff(raw) || !this.#takesEvents) return
    if (!this.#isOpen) this.#open()
    // A client that reads slowly misses notifications, but never the answer.
    if (!raw.writableNeedDrain) raw.write(event(JSON.stringify(notification)))
  }

  /** For an answer that takes time: opens the stream with a comment after `keepAliveMs`, before a proxy gives up. */
  wait (): void {
    const { raw } = this.#reply
    // A tool that reported progress at once has opened the stream already.
    if (this.#isOpen || !this.#takesEvents) return
    this.#silence = setTimeout(() => {
      this.#open()
      raw.write(':\n\n')
    }, this.#keepAliveMs)
  }

  onGone (gone: () => void): void {
    const { raw } = this.#reply
    if (isCutOff(raw)) return gone()
    if (this.#gone === undefined) {
      this.#gone = []
      onClosed(raw, () => {
        if (isCutOff(raw)) this.#gone?.forEach(gone => gone())
      })
    }
    this.#gone.push(gone)
  }

  /** Sends the answer, and with it ends the stream. */
  end ({ status, body, requestId }: Reply): FastifyReply | undefined {
    this.#ended = true
    clearTimeout(this.#silence)
    // A result becomes a stream of one event for a client that does not accept JSON; an error is always JSON.
    if (status === 200 && body !== undefined && !accepts(this.#reply.request.headers.accept, 'application/json') && !this.#isOpen && !isCutOff(this.#reply.raw)) this.#open()
    if (!this.#isOpen) {
      if (requestId !== undefined) this.#reply.header('x-request-id', requestId)
      this.#reply.code(status)
      return body === undefined ? this.#reply.send() : this.#reply.type(JSON_TYPE).send(body)
    }
    clearInterval(this.#keepAlive)
    if (!isCutOff(this.#reply.raw)) this.#reply.raw.end(event(String(body)))
    return undefined
  }

  // Read once: a long header takes more than a millisecond, and a tool may send thousands of notifications.
  get #takesEvents (): boolean {
    this.#acceptsEvents ??= accepts(this.#reply.request.headers.accept, 'text/event-stream')
    return this.#acceptsEvents
  }

  get #isOpen (): boolean {
    return this.#keepAlive !== undefined
  }

  #open (): void {
    clearTimeout(this.#silence)
    const { raw } = this.#reply.hijack()
    const counted = this.#counted
    counted.streams++
    onClosed(raw, () => { counted.streams-- })
    raw.writeHead(200, {
      ...this.#reply.getHeaders() as Record<string, string>,
      'content-type': 'text/event-stream',
      'x-request-id': this.#reply.request.id,
      // Proxies would hold events back to fill a buffer.
      'x-accel-buffering': 'no'
    })
    this.#keepAlive = setInterval(() => raw.write(':\n\n'), this.#keepAliveMs)
  }
}

function event (data: string): string {
  return `event: message\ndata: ${data}\n\n`
}
