import type { Context } from '../context.ts'
import type { Channel } from '../exchange.ts'
import { withoutHidden } from '../safe-text.ts'

/** Longest message, in characters. OUTPUT_LIMIT bounds the result alone. */
const MAX_MESSAGE = 1024

/**
 * Reports progress to the client (basic/utilities/progress) until the call is over. Sends nothing without a token, and
 * drops a value that is not a number greater than the last.
 * @param progressToken the token of the request; absent or null if the client asked for no progress
 */
export function progressTo (channel: Channel, progressToken: string | number | null | undefined, isOver: () => boolean): Context['progress'] {
  let last = -Infinity
  return (progress, total, message) => {
    if (isOver() || progressToken == null || !Number.isFinite(progress) || progress <= last) return
    last = progress
    channel.notify({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken, progress, total: Number.isFinite(total) ? total : undefined, message: textOf(message) }
    })
  }
}

// A tool may pass on what it got from elsewhere, of any type and length.
function textOf (message: unknown): string | undefined {
  return typeof message === 'string' ? withoutHidden(message.slice(0, MAX_MESSAGE)) || undefined : undefined
}
