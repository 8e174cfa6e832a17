import { httpMutants } from './mutants-http.ts'
import { keyMutants } from './mutants-keys.ts'
import { mcpMutants } from './mutants-mcp.ts'
import { tokenMutants } from './mutants-token.ts'

/** One security check, broken. */
export interface Mutant {
  readonly id: string
  readonly file: string
  /** What no longer holds. */
  readonly what: string
  /** Stands in the file exactly once, else the run fails: a check that moved is not to be forgotten. */
  readonly find: string
  readonly replace: string
  /** Tests that must notice, the likeliest first; `file#pattern` runs only what the pattern names. */
  readonly tests: readonly string[]
}

export type Row = readonly [id: string, what: string, find: string, replace: string, ...tests: string[]]

/** The mutants of one file. */
export function inFile (file: string, rows: readonly Row[]): Mutant[] {
  return rows.map(([id, what, find, replace, ...tests]) => ({ id, file, what, find, replace, tests }))
}

export function allMutants (): readonly Mutant[] {
  return [...tokenMutants(), ...keyMutants(), ...httpMutants(), ...mcpMutants()]
}
