import { Type } from '@sinclair/typebox'
import { elicit, type Ask } from './elicit.ts'
import { Denied, RpcError } from '../errors.ts'

/** Remembers which approvals were used. The server passes one in. */
export interface Approvals {
  /**
   * Whether this is the first use of a request state; undefined if that cannot be found out now.
   * @param now milliseconds since 1970
   */
  spend (requestState: string, now: number): boolean | undefined | Promise<boolean | undefined>
}

/** The parts of a call that a confirmation uses. */
export interface Confirming {
  readonly ask: Ask
  readonly signal: AbortSignal
  /** Uses the approval that came with this call. */
  spendApproval (): boolean | undefined | Promise<boolean | undefined>
}

/** Makes the question of the arguments. */
export type Confirm<Args> = { question (args: Args): string }['question']

const SURE = Type.Object({ sure: Type.Boolean({ title: 'Yes, do it' }) })
/** No question of a handler has this key. */
const KEY = 'confirm()'

/**
 * Asks the user, and lets an approval count once (basic/patterns/mrtr: the server has to enforce that).
 * @throws InputRequired, Denied, or RpcError with status 503 if the use of the approval cannot be checked now
 */
export async function confirm (question: string, { ask, signal, spendApproval }: Confirming): Promise<void> {
  const { [KEY]: answer } = ask({ [KEY]: elicit(question, SURE) })
  if (answer.action !== 'accept' || !answer.content.sure) throw new Denied('The user did not confirm this call.')

  const isFirst = await spendApproval()
  if (isFirst === undefined) throw new RpcError('internal', 'It cannot be checked just now whether this approval was used before; try again later', { status: 503 })
  if (!isFirst) throw new Denied('This approval was used before. Call the tool anew, so that the user is asked again.')
  signal.throwIfAborted()
}
