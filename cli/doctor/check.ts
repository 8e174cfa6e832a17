/** The result of one check. */
export interface Check {
  readonly title: string
  readonly ok: boolean
  /** What was found, in words. */
  readonly found: string
  /** What was expected; only where the check failed. */
  readonly expected?: string
  /** What to do about it; only where the check failed. */
  readonly mend?: string
}

/** A check that passed. */
export function good (title: string, found: string): Check {
  return { title, ok: true, found }
}

/** A check that failed. */
export function bad (title: string, found: string, expected: string, mend: string): Check {
  return { title, ok: false, found, expected, mend }
}

/** The lines that show a check to a person. */
export function linesOf ({ title, ok, found, expected, mend }: Check): string[] {
  if (ok) return [`✓ ${title}: ${found}`]
  return [`✗ ${title}`, `    found     ${found}`, `    expected  ${expected}`, `    mend      ${mend}`]
}

/** A value in words: text and numbers as JSON, lists and objects with commas, "nothing" for undefined and for its type in a log. */
export function inWords (value: unknown): string {
  if (value === undefined || value === 'undefined') return 'nothing'
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value).map(([name, member]) => `${name} ${inWords(member)}`).join(', ')
  return Array.isArray(value) ? value.map(inWords).join(', ') || 'an empty list' : JSON.stringify(value)
}
