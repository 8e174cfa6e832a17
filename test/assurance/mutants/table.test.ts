// `find` and `replace` hold code as text, so `${` is no template.
/* eslint-disable no-template-curly-in-string */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { ROOT } from '../../support/root.ts'
import { allMutants } from './all.ts'
import { chooseMutants } from './choose.ts'
import { findCode, replaceCode } from './source.ts'

t.test('each mutant has an id of its own', async t => {
  const ids = allMutants().map(({ id }) => id)
  t.strictSame(ids.filter((id, i) => ids.indexOf(id) !== i), [])
})

t.test('the tests that a mutant names exist', async t => {
  const files = new Set(allMutants().flatMap(({ tests }) => tests.map(test => test.split('#')[0] as string)))
  t.strictSame([...files].filter(file => !existsSync(join(ROOT, file))), [])
})

t.test('the titles that a mutant names stand in the file of the test', async t => {
  const named = [...new Set(allMutants().flatMap(({ tests }) => tests))].map(test => test.split('#') as [file: string, title?: string])
  t.strictSame(named.filter(([file, title]) => title !== undefined && !new RegExp(title).test(readFileSync(join(ROOT, file), 'utf8'))), [])
})

t.test('the code that a mutant replaces stands in its file exactly once, and the result parses', async t => {
  for (const { id, file, find, replace } of allMutants()) {
    const source = readFileSync(join(ROOT, file), 'utf8')
    const places = findCode(source, find).length
    if (places !== 1) t.fail(`${id}: its code stands ${places} times in ${file}; hold strings and regular expressions as a whole`)
    else if (!parses(replaceCode(source, find, replace))) t.fail(`${id}: ${file} does not parse any more`)
  }
})

t.test('a word chooses the mutant with this id or those of this file, and any other word is unknown', async t => {
  const { mutants, unknown } = chooseMutants(['host', 'plugins/not-found.ts', '--help', 'plugins/not-found'])
  t.strictSame(mutants.map(({ id }) => id), ['host', 'parse-404'])
  t.strictSame(unknown, ['--help', 'plugins/not-found'])
  t.strictSame(chooseMutants([]), { mutants: allMutants(), unknown: [] })
})

t.test('code is found in any layout, and only as whole tokens', async t => {
  const source = "const a = x / 2 / y // x / 2\nif (/[/'\"]\\/(?:x)/.test(`${b(`}`)} ok`)) {\n  go(\n    'here',\n    a)\n}\n"
  const times = (find: string) => findCode(source, find).length
  t.equal(times("go('here', a)"), 1)
  t.equal(times('x/2/y'), 1)
  t.equal(times('if (/[/\'"]\\/(?:x)/.test('), 1)
  t.equal(times('`${b(`}`)} ok`'), 1)
  t.equal(times('x / 2'), 1, 'comments do not count')
  t.equal(times('here'), 0, 'a part of a string is no token')
  t.equal(times('a'), 2)
  t.equal(times(''), 0)
  t.equal(replaceCode(source, "'here',a", 'b').split('\n').slice(2).join('\n'), '  go(\n    b)\n}\n')
  t.throws(() => replaceCode(source, 'a', 'b'), /2 times/)
  t.throws(() => replaceCode(source, 'c', 'b'), /0 times/)
})

/** Whether a source has no syntax errors. TypeScript's API gives them only for a whole program, which takes far longer. */
function parses (source: string): boolean {
  const { parseDiagnostics } = ts.createSourceFile('mutant.ts', source, ts.ScriptTarget.Latest) as ts.SourceFile & { parseDiagnostics: unknown[] }
  return parseDiagnostics.length === 0
}
