import type { Caller } from '../../auth/caller.ts'
import { RpcError } from '../errors.ts'
import type { Tool } from '../tool.ts'

/** Decides whether a tool may be called now. The server passes one in; without one, every call may run. */
export interface Limiter {
  /**
   * @param requestState the sealed state of a call that comes again with answers. It was counted before
   */
  permit (caller: Caller, tool: Tool, requestState?: string): Verdict | Promise<Verdict>
}

/** Which limit a call has reached. */
export interface Limited {
  /** Seconds. */
  readonly retryAfter: number
  /** Completes "Too many …" for the caller: `calls`, `calls of this tool at once`. */
  readonly what: string
  /** Which limit it is, for the operator. It is not sent. */
  readonly hint: string
}

/** Why the call may not run, or the function to call when it is over. */
export type Verdict = Limited | (() => void)

/** Runs a call if the verdict allows it. @throws RpcError with status 429 if it does not */
export function runPermitted (verdict: Verdict | Promise<Verdict>, run: () => object | Promise<object>): object | Promise<object> {
  if (verdict instanceof Promise) return verdict.then(verdict => runPermitted(verdict, run))
  if (typeof verdict !== 'function') {
    const { retryAfter, what, hint } = verdict
    throw new RpcError('rateLimited', `Too many ${what}; try again in ${retryAfter} s`, { status: 429, data: { retryAfter }, hint })
  }
  let output: object | Promise<object> | undefined
  try {
    output = run()
  } finally {
    if (!(output instanceof Promise)) verdict()
  }
  return output instanceof Promise ? output.finally(verdict) : output
}
