import { allMutants } from './all.ts'
import type { Mutant } from './list.ts'

/**
 * The mutants with these ids, or of these files. No words: all of them.
 * @returns `unknown` holds the words that name none
 */
export function chooseMutants (words: readonly string[]): { readonly mutants: readonly Mutant[], readonly unknown: readonly string[] } {
  const all = allMutants()
  const names = new Set(all.flatMap(({ id, file }) => [id, file]))
  return {
    mutants: words.length === 0 ? all : all.filter(({ id, file }) => words.includes(id) || words.includes(file)),
    unknown: words.filter(word => !names.has(word))
  }
}
