const counts = new Map<string, Map<string, number>>()
const checks = new Map<string, number>()
const faults = new Map<string, string[]>()

/** Records a check, and its message if it fails. */
export function check (what: string, holds: boolean, told: string): void {
  checks.set(what, (checks.get(what) ?? 0) + 1)
  if (!holds) faults.set(what, [...faults.get(what) ?? [], told])
}

/** Adds one to a row of the table. */
export function tally (name: string, what: string): void {
  const row = counts.get(name) ?? new Map<string, number>()
  counts.set(name, row.set(what, (row.get(what) ?? 0) + 1))
}

/** Prints the table and the checks. Returns whether all checks passed. */
export function report (): boolean {
  for (const [name, row] of counts) console.log(`${name.padEnd(16)} ${[...row].sort(([a], [b]) => a < b ? -1 : 1).map(([what, count]) => what.startsWith('asked') ? what : `${what}: ${count}`).join(', ')}`)
  for (const [what, times] of checks) {
    const wrong = faults.get(what) ?? []
    console.log(`${wrong.length === 0 ? 'ok    ' : 'FAILED'} ${what} (${times} times${wrong.length > 0 ? `, ${wrong.length} wrong: ${wrong.slice(0, 3).join('; ')}` : ''})`)
  }
  console.log(`${checks.size - faults.size} passed, ${faults.size} failed`)
  return faults.size === 0
}
