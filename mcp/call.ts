import type { Caller } from '../auth/caller.ts'
import type { Answers, Ask, InputRequests } from './ask.ts'
import type { CallOptions, Channel } from './channel.ts'
import { Cancelled, ToolError } from './errors.ts'
import type { RegisteredTool } from './registry.ts'
import { InputRequired, isAnswered, type Given } from './rounds.ts'
import type { Context, Log } from './tool.ts'

/** What a call needs of its message. */
export interface CallParams {
  readonly progressToken: string | number | undefined
  readonly clientCapabilities: Readonly<Record<string, unknown>>
  readonly given: Given
}

const DEFAULT_TIME_LIMIT = 60

/**
 * One run of a tool: what its handler sees, and the clock it runs against. What a handler may never ask for, such as
 * a signal, is made when it does: most tools are done before anybody could cancel them.
 */
export class Call implements Context {
  readonly caller: Caller
  readonly now: number
  readonly log: Log
  readonly clientCapabilities: Readonly<Record<string, unknown>>
  readonly #channel: Channel
  readonly #progressToken: string | number | undefined
  readonly #given: Given
  #abort: AbortController | undefined
  #stopped: Error | undefined
  #over = false
  #last = -Infinity

  constructor ({ caller, now, log, channel }: CallOptions, { progressToken, clientCapabilities, given }: CallParams) {
    this.caller = caller
    this.now = now
    this.log = log
    this.clientCapabilities = clientCapabilities
    this.#channel = channel
    this.#progressToken = progressToken
    this.#given = given
  }

  get signal (): AbortSignal {
    this.#abort ??= new AbortController()
    if (this.#stopped !== undefined) this.#abort.abort(this.#stopped)
    return this.#abort.signal
  }

  // A function of its own, so that a handler can take it out of its context.
  get progress (): Context['progress'] {
    return (progress, total, message) => this.#tell(progress, total, message)
  }

  get ask (): Ask {
    return requests => this.#answersTo(requests)
  }

  /**
   * Runs the tool. A handler that answers at once costs neither a timer nor a promise.
   * @throws ToolError, InputRequired, Cancelled, or whatever the handler throws
   */
  run ({ tool }: RegisteredTool, args: unknown): unknown {
    let output: unknown
    try {
      output = tool.handler(args, this)
    } catch (error) {
      this.#over = true
      throw error
    }
    if (isThenable(output)) return this.#untilStopped(output, tool.timeLimit ?? DEFAULT_TIME_LIMIT)
    this.#over = true
    return output
  }

  /** Waits for the handler, its time limit or the client's leaving, whichever comes first. */
  async #untilStopped (output: PromiseLike<unknown>, seconds: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined
    const stopped = new Promise<never>((_resolve, reject) => {
      const stop = (reason: Error): void => {
        if (this.#over) return
        this.#stopped = reason
        reject(reason)
        this.#abort?.abort(reason)
      }
      timer = setTimeout(() => stop(new ToolError(`The tool did not finish within ${seconds} seconds.`)), seconds * 1000)
      this.#channel.onGone(() => stop(new Cancelled('the client went away')))
    })
    try {
      return await Promise.race([output, stopped])
    } finally {
      clearTimeout(timer)
      this.#over = true
    }
  }

  #tell (progress: number, total?: number, message?: string): void {
    if (this.#over || this.#progressToken === undefined || !(progress > this.#last)) return
    this.#last = progress
    this.#channel.notify({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: this.#progressToken, progress, total, message }
    })
  }

  #answersTo<Requests extends InputRequests> (requests: Requests): Answers<Requests> {
    const missing = Object.entries(requests).filter(([key, request]) => !isAnswered(this.#given, key, request))
    if (missing.length > 0) throw new InputRequired(Object.fromEntries(missing), this.#given)
    return Object.fromEntries(Object.keys(requests).map(key => [key, this.#given[key]?.answer])) as Answers<Requests>
  }
}

/** Whether something is a promise, of whatever make: query builders often are one of their own. */
export function isThenable (value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
