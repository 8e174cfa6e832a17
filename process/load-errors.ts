import { explain } from './start-error.ts'

// Imported before the application, so that a tool that fails while it loads is explained like any other failed start.
process.on('uncaughtException', tell)

/** Call this once everything is loaded. */
export function loaded (): void {
  process.off('uncaughtException', tell)
}

function tell (error: Error): void {
  console.error(explain(error))
  process.exit(1)
}
