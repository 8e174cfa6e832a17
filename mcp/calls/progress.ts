import type { Context } from '../context.ts'
import type { Channel } from '../exchange.ts'
import { withoutHidden } from '../safe-text.ts'

/**
 * Reports progress to the client (basic/utilities/progress) until the call is over. Sends nothing without a token, and
 * drops a value that is not greater than the last.
 * @param progressToken the token of the request; absent or null if the client asked for no progress
 */
export function progressTo (channel: Channel, progressToken: string | number | null | undefined, isOver: () => boolean): Context['progress'] {
  let last = -Infinity
  return (progress, total, message) => {
    if (isOver() || progressToken == null || !(progress > last)) return
    last = progress
    channel.notify({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken, progress, total, message: message && withoutHidden(message) }
    })
  }
}
