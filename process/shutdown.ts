import closeWithGrace from 'close-with-grace'

/** How a process stops, in seconds. */
export interface StopTimes {
  /** After the signal: the server is not ready any more, but still accepts connections and answers requests. */
  readonly delay: number
  /** After the delay: the time for the requests in flight. */
  readonly grace: number
}

/** Seconds that an orderly close may take beyond its delay and its grace. */
const MARGIN = 5
// On Ctrl-C the terminal and npm each send a signal. Within this time the second one is a copy of the first.
const ECHO_MS = 1000

/**
 * Closes and ends the process on SIGTERM and SIGINT. The exit code is 0 when `close` succeeds, and 1 after an uncaught
 * error, on a second signal, or when `close` takes 5 s longer than the delay and the grace together.
 *
 * @param close gets the uncaught error, if that is the cause
 */
export function stopGracefully ({ delay, grace }: StopTimes, close: (error: Error | undefined) => Promise<void>): void {
  const closing = closeWithGrace({ delay: (delay + grace + MARGIN) * 1000, skip: ['SIGTERM', 'SIGINT'] }, async ({ err }) => close(err))
  let firstSignal: number | undefined

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (firstSignal !== undefined && performance.now() - firstSignal > ECHO_MS) process.exit(1)
      if (firstSignal === undefined) closing.close()
      firstSignal ??= performance.now()
    })
  }
}
