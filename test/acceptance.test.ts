import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from './support/root.ts'

const TESTS = join(ROOT, 'test')
const list = readFileSync(join(TESTS, 'ACCEPTANCE.md'), 'utf8')

/** From the list: each id, and the files of its tests. */
const claimed = new Map([...list.matchAll(/^\| ((?:F-)?[A-Z]\d+) \| .* \| ([^|]*) \|$/gm)].map(([, id = '', files = '']) =>
  [id, [...files.matchAll(/`([^`]+\.test\.ts)`/g)].map(([, file]) => file as string)]).filter(([, files]) => files?.length) as Array<[string, string[]]>)

/** From the titles: each id, and the files of its tests. */
const used = new Map<string, Set<string>>()
for (const file of readdirSync(TESTS, { recursive: true }).map(String).filter(name => /\.test\.ts$|^support\/refusals\.ts$/.test(name))) {
  for (const [, ids = ''] of readFileSync(join(TESTS, file), 'utf8').matchAll(/['`]((?:(?:F-)?[A-Z]\d{1,2} )+)(?=[^ ])/g)) {
    for (const id of ids.trim().split(' ')) used.set(id, (used.get(id) ?? new Set()).add(file))
  }
}

t.test('each id in a title is in the list', async t => {
  t.strictSame([...used.keys()].filter(id => !claimed.has(id)), [])
})

t.test('each id in the list is in a title of the files that the list names', async t => {
  t.ok(claimed.size > 170, `${claimed.size} ids`)
  const usesOfRows = used.get('J6') ?? new Set()
  for (const [id, files] of claimed) {
    // J6 is a test that `testRows` adds to every table.
    if (id === 'J6' && usesOfRows.has('support/refusals.ts')) continue
    t.strictSame(files.filter(file => !used.get(id)?.has(file)), [], id)
  }
})
