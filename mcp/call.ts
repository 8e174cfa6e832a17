import type { Caller } from '../auth/caller.ts'
import { InputRequired, type Answers, type InputRequest } from './ask.ts'
import { RpcError, ToolError } from './errors.ts'
import type { RegisteredTool } from './registry.ts'
import type { Context, Log } from './tool.ts'

/** What a call needs of the request that carries it. */
export interface CallOptions {
  readonly caller: Caller
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: number
  /** Called once, when somebody first wants to know: calls back when the client goes away. */
  readonly onGone: (gone: () => void) => void
  /** Sends a notification ahead of the answer; absent where the client takes none. */
  readonly notify?: ((notification: object) => void) | undefined
}

const DEFAULT_TIME_LIMIT = 60

/** A tool's run: its context, and the clock it runs against. */
export class Call implements Context {
  readonly caller: Caller
  readonly now: number
  readonly log: Log
  readonly clientCapabilities: Readonly<Record<string, unknown>>
  #options: CallOptions
  #progressToken: unknown
  #answers: Readonly<Record<string, unknown>>
  #abort: AbortController | undefined
  #last = -Infinity
  #over = false

  constructor (options: CallOptions, { progressToken, clientCapabilities = {}, answers = {} }: {
    progressToken?: unknown
    clientCapabilities?: Readonly<Record<string, unknown>>
    answers?: Readonly<Record<string, unknown>>
  }) {
    this.caller = options.caller
    this.now = options.now
    this.log = options.log
    this.clientCapabilities = clientCapabilities
    this.#options = options
    this.#progressToken = progressToken
    this.#answers = answers
  }

  // Made when first asked for: most tools are done before anybody could cancel them.
  get signal (): AbortSignal {
    if (this.#abort === undefined) {
      const abort = this.#abort = new AbortController()
      this.#options.onGone(() => abort.abort(new Error('the client went away')))
    }
    return this.#abort.signal
  }

  progress = (progress: number, total?: number, message?: string): void => {
    if (this.#over || this.#progressToken === undefined || !(progress > this.#last)) return
    this.#last = progress
    this.#options.notify?.({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: this.#progressToken, progress, total, message }
    })
  }

  ask = <Requests extends Readonly<Record<string, InputRequest>>>(requests: Requests): Answers<Requests> => {
    const missing = Object.entries(requests).filter(([key]) => !Object.hasOwn(this.#answers, key))
    if (missing.length > 0) throw new InputRequired(Object.fromEntries(missing))
    return this.#answers as Answers<Requests>
  }

  /** Runs the tool. A handler that answers at once costs neither a timer nor a promise. */
  run ({ tool }: RegisteredTool, args: unknown): unknown {
    const output: unknown = tool.handler(args, this)
    if (!(output instanceof Promise)) return output
    return this.#within(tool.timeLimit ?? DEFAULT_TIME_LIMIT, output)
  }

  async #within (seconds: number, output: Promise<unknown>): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = new ToolError(`The tool did not finish within ${seconds} seconds.`)
        reject(error)
        this.#abort?.abort(error)
      }, seconds * 1000)
    })
    try {
      return await Promise.race([output, late])
    } finally {
      clearTimeout(timer)
      this.#over = true
    }
  }
}

/** `params.arguments` of a `tools/call`; absent means none. */
export function argumentsOf (params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const args = params['arguments'] ?? {}
  if (typeof args !== 'object' || Array.isArray(args)) throw new RpcError('invalidParams', 'arguments must be an object')
  return args as Record<string, unknown>
}
