import type { Caller } from '../../auth/caller.ts'
import { guardedController } from './abort.ts'
import type { CallApi } from '../api.ts'
import { untilOver, type ApiCall } from './api-opener.ts'
import type { Approvals, Confirming } from '../elicitation/confirm.ts'
import type { Ask } from '../elicitation/elicit.ts'
import { Cancelled, ToolError } from '../errors.ts'
import type { CallOptions, Channel } from '../exchange.ts'
import type { Json } from '../message.ts'
import { progressTo } from './progress.ts'
import type { RegisteredTool } from '../registry.ts'
import { answersTo, type Given } from '../elicitation/request-state.ts'
import { isThenable } from '../returned.ts'
import type { CallParams } from '../schema/params.ts'
import type { Context, Log } from '../tool.ts'

/** Seconds. */
const DEFAULT_TIME_LIMIT = 60

/**
 * One run of a tool: the context that its handler sees, and its time limit. The abort signal is made on first use,
 * since most tools answer before anybody could cancel them.
 */
export class Call implements Context, Confirming {
  readonly caller: Caller
  readonly now: number
  readonly log: Log
  readonly clientCapabilities: Json
  readonly #channel: Channel
  readonly #progressToken: string | number | null | undefined
  readonly #given: Given
  readonly #requestState: unknown
  readonly #approvals: Approvals
  #abort: AbortController | undefined
  #stopped: Error | undefined
  #callApi: CallApi | undefined
  #progress: Context['progress'] | undefined
  #isOver = false

  /** @param given the client's answers so far */
  constructor ({ caller, now, log, channel }: CallOptions, { _meta, requestState }: CallParams, clientCapabilities: Json, given: Given, approvals: Approvals) {
    this.caller = caller
    this.now = now
    this.log = log
    this.clientCapabilities = clientCapabilities
    this.#channel = channel
    this.#progressToken = _meta?.progressToken
    this.#given = given
    this.#requestState = requestState
    this.#approvals = approvals
  }

  get signal (): AbortSignal {
    this.#abort ??= guardedController(error => this.log.error({ err: error }, 'an abort listener of a tool failed'))
    if (this.#stopped !== undefined) this.#abort.abort(this.#stopped)
    return this.#abort.signal
  }

  // A function that needs no `this`, so that a handler can destructure its context.
  get progress (): Context['progress'] {
    this.#progress ??= progressTo(this.#channel, this.#progressToken, () => this.#isOver)
    return this.#progress
  }

  // The state that came with an answer identifies the approval.
  get spendApproval (): Confirming['spendApproval'] {
    return () => this.#approvals.spend(this.#requestState as string, this.now)
  }

  get ask (): Ask {
    return requests => answersTo(requests, this.#given)
  }

  get api (): CallApi {
    if (this.#callApi === undefined) throw new Error('the tool calls an API that it does not declare: add "api"')
    return this.#callApi
  }

  /**
   * Runs the tool. A handler that returns no promise costs neither a timer nor a promise.
   * @throws ToolError, InputRequired, Cancelled, or what the handler throws
   */
  run ({ openApi, declaration, run }: RegisteredTool, args: unknown): unknown {
    if (openApi !== undefined) this.#callApi = untilOver(openApi(this.#apiCall()), () => this.#isOver)
    let isPending = false
    try {
      const output = run(args, this)
      isPending = isThenable(output)
      return isPending ? this.#untilStopped(output as PromiseLike<unknown>, declaration.timeLimit ?? DEFAULT_TIME_LIMIT) : output
    } finally {
      this.#isOver = !isPending
    }
  }

  /** Waits for the handler, the time limit or the end of the connection, whichever comes first. */
  async #untilStopped (output: PromiseLike<unknown>, seconds: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined
    const stopped = new Promise<never>((_resolve, reject) => {
      const stop = (reason: Error): void => {
        if (this.#isOver) return
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
      this.#isOver = true
    }
  }

  // Made before the handler runs, so that the handler cannot change it.
  #apiCall (): ApiCall {
    return { caller: this.caller, log: this.log, signal: () => this.signal }
  }
}
