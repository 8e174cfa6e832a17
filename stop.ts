import closeWithGrace from 'close-with-grace'

// Longer than closing takes by itself; whatever still holds the process then is not worth waiting for.
const STOP_WITHIN_MS = 15_000
// A terminal and npm both pass Ctrl-C on: the second one is not impatience.
const ECHO_MS = 1000

/**
 * Ends the process with 0 once `close` is done, on SIGTERM or SIGINT; with 1 after an error that nobody caught, on a
 * second signal, or when closing takes too long.
 */
export function stopGracefully (close: (error: Error | undefined) => Promise<void>): void {
  const grace = closeWithGrace({ delay: STOP_WITHIN_MS, skip: ['SIGTERM', 'SIGINT'] }, async ({ err }) => close(err))
  let since: number | undefined

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (since !== undefined && Date.now() - since > ECHO_MS) process.exit(1)
      if (since === undefined) grace.close()
      since ??= Date.now()
    })
  }
}
