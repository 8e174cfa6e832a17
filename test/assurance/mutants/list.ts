/** One security check, broken. */
export interface Mutant {
  readonly id: string
  readonly file: string
  /** The fault, as a sentence. */
  readonly what: string
  /**
   * The code to replace. It stands in the file exactly once, else the run fails, so that a check that moves is not
   * forgotten. White space and comments do not count; strings, templates and regular expressions are held as a whole.
   */
  readonly find: string
  readonly replace: string
  /** Tests that must notice, the likeliest first; `file#pattern` runs only what the pattern names. */
  readonly tests: readonly string[]
}

/** A mutant without its file. */
export type Row = readonly [id: string, what: string, find: string, replace: string, ...tests: string[]]

/** The mutants of one file. */
export function inFile (file: string, rows: readonly Row[]): Mutant[] {
  return rows.map(([id, what, find, replace, ...tests]) => ({ id, file, what, find, replace, tests }))
}
