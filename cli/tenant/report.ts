import type { Change } from './change.ts'

/** The lines that show a plan. */
export function planLines (changes: readonly Change[], notices: readonly string[]): string[] {
  return [
    ...changes.flatMap(({ action, what, details }) => [`${action === 'create' ? '+' : '~'} ${what}`, ...details.map(line => `    ${line}`)]),
    ...notices.map(notice => `! ${notice}`),
    ...(changes.length === 0 ? ['The tenant has everything that the tools need. Nothing to change.'] : [''])
  ]
}

/**
 * Makes the changes one after the other, and prints for each how to undo it.
 * @throws Error that names the change that failed
 */
export async function makeChanges (changes: readonly Change[], print: (line: string) => void): Promise<void> {
  for (const [done, { action, what, carryOut }] of changes.entries()) {
    const undo = await carryOut().catch((error: Error) => {
      throw new Error(`✗ ${what}: ${error.message}\n${done} of ${changes.length} changes are made. Run the same command again to go on.`)
    })
    print(`✓ ${action}d ${what}`)
    for (const line of undo) print(`    undo: ${line}`)
  }
  print('Done. To undo, run the commands from the last to the first.')
}
