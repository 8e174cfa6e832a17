import { readFileSync } from 'node:fs'
import t from 'tap'
import { allMutants } from './mutants.ts'

t.test('every check that test/mutate.ts breaks still stands where it is looked for', async t => {
  const mutants = allMutants()
  t.equal(new Set(mutants.map(({ id }) => id)).size, mutants.length, 'each has a name of its own')
  for (const { id, file, find } of mutants) {
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    t.equal(text.split(find).length - 1, 1, `${id} in ${file}`)
  }
})
