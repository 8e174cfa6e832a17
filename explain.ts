import { ConfigError } from './settings.ts'

/** A failed start in words for whoever started it. */
export function explain (error: Error & { code?: string, port?: number }): string {
  if (error instanceof ConfigError) return `Cannot start, the settings are not right:\n${error.problems.map(problem => `  ${problem}`).join('\n')}`
  if (error.code === 'EADDRINUSE') return `Cannot start: port ${error.port} is in use. Set PORT to another one, or stop what listens there.`
  return `Cannot start: ${error.message}`
}
