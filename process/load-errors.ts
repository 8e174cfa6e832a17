import { explain } from './start-error.ts'

// server.ts imports this first, so that an error while the tools load is explained like any other failed start.
process.on('uncaughtException', exitWithReason)

/** Call this once everything is loaded: later errors are not errors of the start. */
export function endOfLoading (): void {
  process.off('uncaughtException', exitWithReason)
}

function exitWithReason (error: Error): void {
  console.error(explain(error))
  process.exit(1)
}
