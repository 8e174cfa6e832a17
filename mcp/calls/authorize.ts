import type { Caller } from '../../auth/caller.ts'
import { Denied, RpcError } from '../errors.ts'

/** The second argument of a hook, after the arguments of the call. */
export interface Authorization {
  readonly caller: Caller
  /** The name of the tool. */
  readonly tool: string
  /** Aborts when the client closes the connection or the time limit of the tool is over. */
  readonly signal: AbortSignal
}

/** `true` allows the call. A text denies it, and the caller reads it: one sentence without secrets. */
export type Decision = true | string

/**
 * Decides about a call whose caller has the scopes and whose arguments are right. If it throws or returns anything but a
 * decision, nothing runs and the answer is 503.
 */
export type Authorize<Args> = { decide (args: Args, authorization: Authorization): Decision | Promise<Decision> }['decide']

interface CallInfo {
  readonly caller: Caller
  readonly signal: AbortSignal
  readonly log: { error (details: object, message: string): void }
}

/** Asks each hook in turn. @throws Denied, or RpcError with status 503 if a hook cannot decide */
export async function authorize<Args> (hooks: ReadonlyArray<Authorize<Args>>, args: Args, tool: string, { caller, signal, log }: CallInfo): Promise<void> {
  for (const hook of hooks) {
    const decision = await decide(() => hook(args, { caller, tool, signal }))
    if (decision !== true) throw new Denied(decision)
    // The handler must not begin if the client left meanwhile.
    signal.throwIfAborted()
  }

  async function decide (ask: () => Decision | Promise<Decision>): Promise<Decision> {
    try {
      const decision: unknown = await ask()
      if (decision === true || (typeof decision === 'string' && decision !== '')) return decision
      throw new TypeError(`authorize of tool ${tool} gave ${nameOf(decision)}, expected true, or a sentence that denies the call`)
    } catch (error) {
      // The call was stopped or its client left, so an error of the hook is no failure.
      if (signal.aborted) throw signal.reason
      log.error({ err: error, tool }, 'authorize could not decide about a call')
      throw new RpcError('internal', 'It cannot be decided just now whether this call is allowed; try again later', { status: 503 })
    }
  }
}

function nameOf (decision: unknown): string {
  if (decision === '') return 'an empty text'
  return typeof decision === 'boolean' || decision == null ? String(decision) : `a value of type ${typeof decision}`
}
